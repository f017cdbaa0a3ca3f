// A worker that wants a timer before any request.

setTimeout(() => {}, 1);

export default { fetch: () => new Response("") };
