-- POSTs routes, no two alike: wrk -s post_route.lua URL -- BODIES_FILE SEED
-- A line of the file is a GeoJSON feature with NAME for its name.
dofile(os.getenv("BENCH_WRK") .. "/report.lua")

local heads, tails = {}, {}
local seed = ""
local made = 0

function init(args)
  for line in io.lines(args[1]) do
    local head, tail = line:match("^(.*)NAME(.*)$")
    heads[#heads + 1] = head
    tails[#tails + 1] = tail
  end
  seed = args[2]
  wrk.headers["Content-Type"] = "application/json"
  local authorization = os.getenv("BENCH_AUTHORIZATION")
  if authorization then wrk.headers["Authorization"] = authorization end
end

function request()
  made = made + 1
  local i = made % #heads + 1
  return wrk.format("POST", "/api/routes", nil, heads[i] .. "Tour " .. seed .. "-" .. made .. tails[i])
end

function done(summary, latency)
  report(summary, latency)
end
