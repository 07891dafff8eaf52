# Whether a text is what Prometheus reads (text format 0.0.4): HELP and TYPE before the lines of a metric, those lines together,
# names and labels as they may be, numbers, no line twice, a line end after the last.
function wrong(words) {
    if (!failed) {
        print "line " NR ": " words ": " $0
    }
    failed = 1
}
/^# HELP [a-z0-9_]+ ./ {
    if ($3 in helped) wrong("a second HELP")
    helped[$3]
    next
}
/^# TYPE [a-z0-9_]+ (counter|gauge|histogram)$/ {
    if ($3 in typed) wrong("a second TYPE")
    typed[$3] = $4
    now = $3
    next
}
{
    name = $0
    sub(/\{.*/, "", name)
    if (typed[now] == "histogram") sub(/_(bucket|sum|count)$/, "", name)
    if (name != now) wrong("not after its TYPE")
    if (!(name in helped)) wrong("no HELP")
    if (typed[name] == "counter" && name !~ /_total$/) wrong("a counter whose name does not end in _total")
    if ($0 !~ /^[a-z0-9_]+\{([a-z_]+="([^"\\]|\\["\\n])*",?)+\} [0-9]+(\.[0-9]+)?$/) wrong("not a sample")
    label = $0
    sub(/ [0-9.]+$/, "", label)
    if (label in seen) wrong("twice")
    seen[label]
    samples++
}
END {
    if (samples == 0) wrong("no sample at all")
    exit failed
}
