-- For wrk: the requests of a file by turns, each thread from another place of it. Every answer has to be a 200 of the published
-- generation with LENGTH items, or what an event is answered with.
--
--     wrk … -s requests.lua http://127.0.0.1:8080 -- FILE GENERATION LENGTH
--
-- FILE: a request a line: method, target, session token, body, divided by tabs. The last line on standard output is JSON. An answer does
-- not say which request it is for, so both kinds are counted as they are sent and as they are answered.

local threads = {}
local COUNTS = { "gets", "posts", "lists", "taken", "wrong" }

function setup(thread)
  thread:set("place", #threads * 37)
  table.insert(threads, thread)
end

function init(arguments)
  requests, length = {}, tonumber(arguments[3])
  generation = '"generation":"' .. arguments[2] .. '"'
  for _, name in ipairs(COUNTS) do _G[name] = 0 end
  for line in io.lines(arguments[1]) do
    local method, target, token, body = line:match("^(%S+)\t(%S+)\t(%S+)\t(.*)$")
    local headers = { ["Martlet-Session"] = token, ["Content-Type"] = body ~= "" and "application/json" or nil }
    table.insert(requests, { isGet = method == "GET", bytes = wrk.format(method, target, headers, body ~= "" and body or nil) })
  end
end

function request()
  place = place % #requests + 1
  local next = requests[place]
  if next.isGet then gets = gets + 1 else posts = posts + 1 end
  return next.bytes
end

local function count(text, part)
  local found, at = 0, text:find(part, 1, true)
  while at do
    found, at = found + 1, text:find(part, at + #part, true)
  end
  return found
end

function response(status, headers, body)
  if status ~= 200 or headers["martlet-degraded"] or headers["martlet-stale"] then
    wrong = wrong + 1
  elseif body:find(generation, 1, true) and count(body, '"item_id":') == length then
    lists = lists + 1
  elseif body:find('"accepted":1,', 1, true) then
    taken = taken + 1
  else
    wrong = wrong + 1
  end
end

function done(summary, latency)
  local totals = {}
  for _, name in ipairs(COUNTS) do
    local total = 0
    for _, thread in ipairs(threads) do total = total + tonumber(thread:get(name)) end
    table.insert(totals, string.format('"%s": %d', name, total))
  end
  local errors = summary.errors
  print(string.format(
    '\n{"requests": %d, "seconds": %.3f, "p50_us": %d, "p99_us": %d, %s, "connect": %d, "read": %d, "write": %d, "timeout": %d}',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), table.concat(totals, ", "),
    errors.connect, errors.read, errors.write, errors.timeout))
end
