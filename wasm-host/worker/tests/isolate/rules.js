// A worker that breaks one rule of the platform with each path.

const held = [];

export default {
  async fetch(request, env, context) {
    switch (new URL(request.url).pathname) {
      case "/compile-bytes":
        return new Response(String(await WebAssembly.compile(EMPTY)));
      case "/module-of-bytes":
        return new Response(String(new WebAssembly.Module(EMPTY)));
      case "/instantiate-bytes":
        return new Response(String(await WebAssembly.instantiate(EMPTY)));
      case "/eval":
        return new Response(String(new Function("return 1")()));
      case "/clock": {
        const times = [Date.now(), performance.now(), new Date().getTime()];
        for (let i = 0, sum = 0; i < 3e7; i++) sum += i;
        times.push(Date.now(), performance.now(), new Date().getTime());
        return Response.json(times);
      }
      case "/clock-over-io": {
        const before = Date.now();
        await env.WAIT(20);
        return Response.json([before, Date.now()]);
      }
      case "/wasm-memory":
        held.push(new WebAssembly.Memory({ initial: 2048 }));
        return new Response("134 MB");
      case "/heap":
        held.push(Array.from({ length: 2_000_000 }, (_, number) => ({ number, text: `number ${number}` })));
        return new Response("a lot");
      case "/buffers":
        for (let i = 0; i < 130; i++) held.push(new Uint8Array(1e6));
        return new Response("130 MB");
      case "/garbage":
        for (let i = 0; i < 300; i++) new Uint8Array(1e6).fill(1);
        return new Response("300 MB, none of it kept");
      case "/globals":
        return Response.json(["process", "Buffer", "require", "global", "setImmediate"].filter((name) => name in globalThis));
      case "/left-behind":
        env.WAIT(1).then(() => env.MARK("after the end"));
        return new Response("answered");
      case "/handed-on":
        context.waitUntil(env.WAIT(1).then(() => env.MARK("in the background")));
        return new Response("answered");
    }
    return new Response("", { status: 404 });
  },
};

const EMPTY = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);
