# Makes of the assembly (-S) and the frames (-fstack-usage) that clang writes for one file what gcc writes by itself
# (-fcallgraph-info=su), as far as stack.awk reads it. First the .su file, then the .s file; `file` is its name.

# A function that no other file can call has the file in its name.
function title(name) {
    return (name in global) || !(name in frame) ? name : file ":" name
}

FILENAME ~ /[.]su$/ {
    name = $1
    sub(/.*:/, "", name)
    frame[name] = $2 " bytes (" $3 ")"
    next
}

$1 == ".globl" { global[$2] = 1 }
/^[a-z_0-9]+:/ {
    sub(/:.*/, "", $1)
    inside = ($1 in frame) ? $1 : inside
}
{ sub(/@(plt|PLT)$/, "", $2) }
$1 ~ /^(blx|jalr)$/ || ($1 == "callq" && $2 ~ /^[*]/) { edges[++count] = inside "\n__indirect_call" }
$1 ~ /^(b|b[.]w|bl|call|tail|callq|jmp)$/ && $2 ~ /^[a-z_]/ { edges[++count] = inside "\n" $2 }

END {
    for (name in frame) {
        print "node: { title: \"" title(name) "\" label: \"" name "\\n" frame[name] "\" }"
    }
    for (i = 1; i <= count; i++) {
        split(edges[i], edge, "\n")
        print "edge: { sourcename: \"" title(edge[1]) "\" targetname: \"" title(edge[2]) "\" }"
    }
}
