-- The load, for wrk. The bench hands over one request in the environment; here its $words are filled in:
--   $id      a random customer           $unique  a text that no other request of this bench carries
--   $zip     five random digits          $page    a random page of a list of 50
--   $stamp   the version of the customer $id as Bing Ads writes it; then customers follow each other, so that two requests
--            for one are never under way together, and each is told to have changed it
--   $next    the customer $id, then those after it: a pair of the word in a row is one customer
-- Values must not repeat: SQLite leaves a page clean when a row's bytes stay the same, and a commit of
-- clean pages flushes nothing, so a load that repeats itself measures memory instead of the disk.
local head, body = os.getenv("BENCH_HEAD"), os.getenv("BENCH_BODY")
if body then body = body .. os.getenv("BENCH_BODY_REST") end
local first, customers = tonumber(os.getenv("BENCH_FIRST")), tonumber(os.getenv("BENCH_CUSTOMERS"))
local run, answers = tonumber(os.getenv("BENCH_RUN")), tonumber(os.getenv("BENCH_ANSWERS"))
local count, id, unique = 0, 0, ""
local fill_head, fill_body

local versions, at
if os.getenv("BENCH_VERSIONS") then
  versions = {}
  for line in io.lines(os.getenv("BENCH_VERSIONS")) do versions[#versions + 1] = tonumber(line) end
end

-- Eight bytes in base64, of which the first six are zero.
local digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local function stamp_of(version)
  local digit = function(value) return digits:sub(value + 1, value + 1) end
  return "AAAAAAAA" .. digit(math.floor(version / 1024)) .. digit(math.floor(version / 16) % 64) .. digit(version % 16 * 4) .. "="
end

-- A template becomes one Lua expression, so that a request costs a concatenation and no search.
local function compile(template)
  local parts, at, nexts = {}, 1, 0
  for from, word, to in template:gmatch("()%$(%l+)()") do
    parts[#parts + 1] = ("%q"):format(template:sub(at, from - 1))
    if word == "next" then
      word = ("((id - %d + %d) %% %d + %d)"):format(first, math.floor(nexts / 2), customers, first)
      nexts = nexts + 1
    end
    parts[#parts + 1] = word
    at = to
  end
  parts[#parts + 1] = ("%q"):format(template:sub(at))
  -- An expression has some 200 registers, one for each part.
  local whole = table.concat(parts, "..")
  if #parts > 100 then whole = "table.concat({" .. table.concat(parts, ",") .. "})" end
  return assert(loadstring("return function(id, unique, zip, page, stamp) return " .. whole .. " end"))()
end

local threads = 0
function setup(thread)
  threads = threads + 1
  thread:set("number", threads)
end

function init()
  math.randomseed(run * 64 + (number or 0))
  fill_head = compile(head)
  fill_body = body and compile(body)
end

function request()
  if not fill_head then init() end
  count = count + 1
  local stamp
  if versions then
    at = (at or math.random(0, customers - 1)) % customers + 1
    id, stamp = first + at - 1, stamp_of(versions[at])
    -- wrk asks for one request before the others, only to look at it.
    if count > 1 then versions[at] = versions[at] + 1 end
  else
    id = math.random(first, first + customers - 1)
  end
  unique = ("r%dt%dn%d"):format(run, number or 0, count)
  local zip, page = ("%05d"):format(math.random(0, 99999)), math.random(1, math.max(1, math.floor(customers / 50)))
  local lines = fill_head(id, unique, zip, page, stamp)
  if not fill_body then return lines .. "\r\n" end
  local text = fill_body(id, unique, zip, page, stamp)
  return lines .. "Content-Length: " .. #text .. "\r\n\r\n" .. text
end

-- Looking at every answer would cost the client what the server is measured with, so answers are
-- only handed back (body in hexadecimal) when the bench asks for the first few.
if answers then
  local seen = 0
  function response(status, _, text)
    seen = seen + 1
    if seen > answers then return end
    local hex = text:gsub(".", function(c) return ("%02x"):format(c:byte()) end)
    io.write("answer ", id, " ", unique, " ", status, " ", hex, "\n")
    if seen == answers then wrk.thread:stop() end
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(('result {"requests":%d,"us":%d,"p50":%d,"p99":%d,"p999":%d,"max":%d,"bad":%d}\n'):format(
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    latency.max, e.status + e.connect + e.read + e.write + e.timeout))
end
