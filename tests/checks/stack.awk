# Makes the table of tests/checks/stack.sh from the public header and from the call graphs that gcc writes for each file
# (-fcallgraph-info=su). Checks the limits if `limited` is set.

# The string in quotes after a word.
function quoted(line, word) {
    if (!match(line, word ": \"[^\"]*\"")) {
        return ""
    }
    line = substr(line, RSTART, RLENGTH)
    sub(/^[^"]*"/, "", line)
    sub(/"$/, "", line)
    return line
}

function complain(what) {
    print "FAILED: " what
    failed = 1
}

# The name of a function without its file.
function short(name) {
    sub(/.*:/, "", name)
    return name
}

# The most stack that the function takes, from its own frame down.
function depth(name, list, i, count, most, below) {
    if (name in known) {
        return known[name]
    }
    if (name in open) {
        complain("recursion through " name)
        return 0
    }
    open[name] = 1
    most = 0
    count = split(callees[name], list, "\n")
    for (i = 1; i <= count; i++) {
        below = depth(list[i])
        if (below > most) {
            most = below
        }
    }
    delete open[name]
    known[name] = frame[name] + most
    return known[name]
}

# What the library may call of others without a doubt: all of these leave the heap alone. The last ones are the compiler's own,
# for what the machine has no instruction for.
function leaves_heap(name) {
    return name ~ /^(bcmp|mem(chr|cmp|cpy|move|set)|str(chr|cmp|len|rchr)|cJSON_Is[A-Z][A-Za-z]*|__aeabi_[a-z0-9]*|__gnu_thumb1_[a-z_]*|__[a-z]*[sd][fi][a-z0-9]*)$/
}

# Whether the function leads to one that may take memory from the heap: any that is not the library's, except those.
function allocates(name, list, i, count, does) {
    if (name in heap) {
        return heap[name]
    }
    does = !(name in ours) && !leaves_heap(name)
    heap[name] = does
    count = split(callees[name], list, "\n")
    for (i = 1; i <= count; i++) {
        does = allocates(list[i]) || does
    }
    heap[name] = does
    return does
}

/^TOKUSAGE_API / && match($0, /tokusage_[a-z_]+\(/) {
    name = substr($0, RSTART, RLENGTH - 1)
    public[++publics] = name
}

/^node:/ {
    name = quoted($0, "title")
    label = quoted($0, "label")
    if (match(label, /[0-9]+ bytes \([a-z,]+\)/)) {
        use = substr(label, RSTART, RLENGTH)
        frame[name] = use + 0
        ours[name] = 1
        if (use !~ /\(static\)/) {
            complain(name " has a frame without a fixed size: " use)
        }
    }
}

/^edge:/ {
    from = quoted($0, "sourcename")
    to = quoted($0, "targetname")
    callees[from] = callees[from] (callees[from] == "" ? "" : "\n") to
    if (to == "__indirect_call") {
        complain(from " calls through a pointer")
    }
}

# The calls that take the most, each with its own frame.
function way(name, list, i, count, deepest) {
    count = split(callees[name], list, "\n")
    deepest = ""
    for (i = 1; i <= count; i++) {
        if (known[list[i]] > 0 && (deepest == "" || known[list[i]] > known[deepest])) {
            deepest = list[i]
        }
    }
    return short(name) " " frame[name] (deepest == "" ? "" : " > " way(deepest))
}

END {
    limit["tokusage_decode"] = limit["tokusage_extract"] = 1536
    limit["tokusage_stream_feed"] = 768
    # All others never take memory from the heap.
    may["tokusage_to_cjson"] = may["tokusage_update_cjson"] = "for new items"
    printf "%-26s %6s %6s  %-14s %s\n", "function", "stack", "limit", "heap", "the deepest calls, each with its own bytes"
    for (i = 1; i <= publics; i++) {
        name = public[i]
        if (!(name in frame)) {
            complain("no call graph has " name)
            continue
        }
        bytes = depth(name)
        printf "%-26s %6d %6s  %-14s %s\n", name, bytes, (name in limit ? limit[name] : ""),
            (!allocates(name) ? "-" : name in may ? may[name] : "IT DOES"), way(name)
        if (allocates(name) != (name in may)) {
            complain(name " and the heap")
        }
        if (limited && name in limit && bytes > limit[name]) {
            complain(name " takes more than " limit[name])
        }
    }
    # Functions that no public function calls.
    for (name in frame) {
        depth(name)
    }
    if (publics == 0) {
        complain("no public function found")
    }
    exit failed
}
