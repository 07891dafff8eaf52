# python.py FILE...: what examples/python/tokusage.py says about bodies, in judge.c's lines with a column for each
# count. Each body is cut in two at each byte, too, which must not change what is said.
import os
import sys
import tokusage


def line(name, length, usage):
    verdict, counts, problem = usage.verdict()
    columns = [name, length, verdict, usage.label() or "-", *(counts.get(count, "-") for count in tokusage.NAMES)]
    return "\t".join(map(str, [*columns, usage.verdict(True)[0], problem or "-"]))


for path in sys.argv[1:]:
    name = os.path.basename(path)
    with open(path, "rb") as file:
        body = file.read()
    whole = tokusage.Usage()
    taken = whole.feed(body)
    last = line(name, len(body), whole)
    growing = tokusage.Usage()
    print(line(name, 0, growing))
    for at in range(len(body)):
        growing.feed(body[at : at + 1])
        print(line(name, at + 1, growing))
        two = tokusage.Usage()
        if two.feed(body[:at]) + two.feed(memoryview(body)[at:]) != taken or line(name, len(body), two) != last:
            print(f"{name}: differs when cut at {at}")

usage = tokusage.Usage()
assert usage.feed(b"data: [DONE]\n\nmore") == 14 and usage.label("id") is None
