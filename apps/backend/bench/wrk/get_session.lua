-- GETs one path in the name of many: wrk -s get_session.lua URL -- PATH TOKENS_FILE
dofile(os.getenv("BENCH_WRK") .. "/report.lua")

local path = ""
local tokens = {}
local next_token = 0

function init(args)
  path = args[1]
  for line in io.lines(args[2]) do
    tokens[#tokens + 1] = line
  end
end

function request()
  next_token = next_token % #tokens + 1
  return wrk.format("GET", path, { Authorization = "Bearer " .. tokens[next_token] })
end

function done(summary, latency)
  report(summary, latency)
end
