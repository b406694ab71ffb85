# record.jq - the form of a record in JSON Lines. An error names what is wrong
# and in which record.
def integer: type == "number" and floor == .;
def text: type == "string" and . != "";
def good($key):
  if $key | IN("id", "fd", "ret") then integer
  elif $key | IN("pid", "tid", "inode", "count") then integer and . > 0
  elif $key | IN("dur_ns", "ns", "bytes") then integer and . >= 0
  elif $key == "time" then type == "number" and . > 0
  elif $key | IN("call", "type", "family") then text and test("^[a-z_0-9]+$")
  elif $key == "errno" then text and test("^E[A-Z0-9]+$")
  elif $key | IN("local", "peer", "host") then text
  elif $key | IN("comm", "data") then type == "string"
  elif $key | IN("fds", "inodes") then type == "array" and length > 0 and all(.[]; integer)
  elif $key == "args" then type == "object"
  else false end;
def wrong(what): error("\(what) in \(tojson)");

if .call == "lost" then if has("count") then . else wrong("a lost line without count") end
elif ["id", "time", "ns", "pid", "tid", "comm", "call"] - keys != [] then wrong("a missing key")
else . end
| [to_entries[] | .key as $key | select(.value | good($key) | not) | $key] as $bad
| if $bad == [] then true else wrong("bad \($bad)") end
