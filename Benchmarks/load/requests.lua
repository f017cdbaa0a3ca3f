-- For wrk: the requests of a file by turns, each thread from another place of it; every answer has to be a 200 of the snapshot.
--
--     wrk … -s requests.lua http://127.0.0.1:8080 -- FILE      a request a line: method, target, session token, body, divided by tabs
--
-- The last line on standard output is JSON.

local threads = {}

function setup(thread)
  thread:set("place", #threads * 37)
  table.insert(threads, thread)
end

function init(arguments)
  requests, wrong = {}, 0
  for line in io.lines(arguments[1]) do
    local method, target, token, body = line:match("^(%S+)\t(%S+)\t(%S+)\t(.*)$")
    local headers = { ["Martlet-Session"] = token, ["Content-Type"] = body ~= "" and "application/json" or nil }
    table.insert(requests, wrk.format(method, target, headers, body ~= "" and body or nil))
  end
end

function request()
  place = place % #requests + 1
  return requests[place]
end

function response(status, headers)
  if status ~= 200 or headers["martlet-degraded"] or headers["martlet-stale"] then wrong = wrong + 1 end
end

function done(summary, latency)
  local wrong = 0
  for _, thread in ipairs(threads) do wrong = wrong + tonumber(thread:get("wrong")) end
  local errors = summary.errors
  print(string.format(
    '\n{"requests": %d, "seconds": %.3f, "p50_us": %d, "p99_us": %d, "wrong": %d, "connect": %d, "read": %d, "write": %d, "timeout": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), wrong, errors.connect,
    errors.read, errors.write, errors.timeout))
end
