-- GETs the paths of a file in turn: wrk -s get.lua URL -- PATHS_FILE
dofile(os.getenv("BENCH_WRK") .. "/report.lua")

local paths = {}
local next_path = 0

local authorization = os.getenv("BENCH_AUTHORIZATION")

function init(args)
  if authorization then wrk.headers["Authorization"] = authorization end
  for line in io.lines(args[1]) do
    paths[#paths + 1] = wrk.format("GET", line)
  end
end

function request()
  next_path = next_path % #paths + 1
  return paths[next_path]
end

function done(summary, latency)
  report(summary, latency)
end
