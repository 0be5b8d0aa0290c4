#!/bin/sh
# Puts a running server under keep-alive load with wrk, or with h2load where there is no wrk: searches of
# random vectors in JSON numbers. Adds its own vectors first, under its own key, unless told not to.
#
#   keep-alive.sh [-u http://127.0.0.1:8080] [-k keep-alive] [-c 16] [-d 10] [-n 10000] [-s 384]
#
#   -u address  -k API key (of a tenant that may search as often as it likes)  -c connections
#   -d seconds  -n vectors to add before (0: those that are there)             -s dimension
set -eu

url=http://127.0.0.1:8080
key=keep-alive
connections=16
seconds=10
vectors=10000
dimension=384
while getopts u:k:c:d:n:s: option; do
  case $option in
    u) url=$OPTARG ;;
    k) key=$OPTARG ;;
    c) connections=$OPTARG ;;
    d) seconds=$OPTARG ;;
    n) vectors=$OPTARG ;;
    s) dimension=$OPTARG ;;
    *) exit 2 ;;
  esac
done

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

call() {
  curl -sS --fail-with-body -H "Authorization: Bearer $key" "$@"
}

# Prints vectors of independent components: entries, one a line; or the body of a search.
random() {
  awk -v form="$1" -v count="$2" -v dimension="$dimension" -v seed="$3" 'BEGIN {
    srand(seed)
    for (row = 0; row < count; row++) {
      text = ""
      for (at = 0; at < dimension; at++) text = text (at ? "," : "") sprintf("%.6f", rand() - 0.5)
      if (form == "entries") printf "{\"id\":\"%d\",\"values\":[%s]}\n", row, text
      else printf "{\"vector\":[%s],\"k\":10}\n", text
    }
  }'
}

if [ "$vectors" -gt 0 ]; then
  call -o /dev/null -X PUT -H 'Content-Type: application/json' -d "{\"dimension\":$dimension}" \
    "$url/v1/collections/default"
  random entries "$vectors" 42 | call -o /dev/null -H 'Content-Type: application/x-ndjson' -T - -X POST \
    "$url/v1/collections/default/vectors"
  call -o /dev/null -X POST "$url/v1/collections/default/finalize"
  until call "$url/v1/collections/default/stats" | grep -q '"hot_buffer":0[,}]'; do
    sleep 1
  done
fi

if command -v wrk >/dev/null 2>&1; then
  random queries 64 7 >"$scratch/queries"
  cat >"$scratch/search.lua" <<LUA
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer $key"
local bodies = {}
for line in io.lines("$scratch/queries") do bodies[#bodies + 1] = line end
local turn = 0
request = function()
  turn = turn % #bodies + 1
  return wrk.format(nil, nil, nil, bodies[turn])
end
done = function(summary)
  local bad = summary.errors
  local failed = bad.status + bad.connect + bad.read + bad.write + bad.timeout
  print("failed: " .. failed)
  if failed > 0 then os.exit(1) end
end
LUA
  wrk -t 1 -c "$connections" -d "${seconds}s" --latency -s "$scratch/search.lua" "$url/search"
elif command -v h2load >/dev/null 2>&1; then
  random queries 1 7 >"$scratch/query"
  h2load --h1 -t 1 -c "$connections" -D "$seconds" -d "$scratch/query" \
    -H 'Content-Type: application/json' -H "Authorization: Bearer $key" "$url/search"
else
  echo "keep-alive.sh: neither wrk nor h2load is installed" >&2
  exit 2
fi
