# SPDX-License-Identifier: Apache-2.0
"""Plain English in what people read first: short sentences, and none of the turns that make one read them twice.

Looks at the README files, CHANGELOG.md and CHANGES.md, the comments of include/, the help of options and the plugin's strings.
Code, tables and the addresses of links do not count as sentences. The words to avoid are also looked for in tables, and in the
messages of the library and of the program."""

import re

import tree

WORDS = 25       # a sentence should have no more
MOST_WORDS = 30  # and never has more
LONGER = 2       # sentences of a file that may have WORDS to MOST_WORDS

AVOID = [
    (r"\b(?:tells?|told|telling)\b", "report, say, show"),
    (r"\b(?:stands?|stood)\b", "is, is in, means"),
    (r"\b(?:lies|lying|lie)\b", "is in"),
    (r"\b(?:knows|knew)\b", "has, contains, learned"),
    (r"(?<!\bthere )\b(?:is|are|was|were|be) no\b(?! longer| more| less)", "is not a, has no"),
    (r"\bbeside\b", "next to, in addition to"),
    (r"\bof which\b", "a sentence of its own"),
    (r"\b(?:that|those) of\b", "the noun again"),
    (r"\banew\b", "again"),
    (r"\b(?:amiss|aught|nought|hence|thus|thereof|wherein|whereby)\b", "a plain word"),
    (r"\bfor (?:it|its|they|their|there|he|she|we|you|this|these|nothing|nobody) (?:is|are|was|were|has|have|does|do|would|can|may)\b",
     "because"),
]
# What opens a sentence.
OPENERS = [
    (r"Of\b", "the subject first"),
    (r"Who\b(?!.*\?)", "a noun first: users who …, if you …"),
    (r"What\b(?!.*\?)", "a noun first"),
]
SENTENCE_END = re.compile(r"(?<=[.!?])[\"')*_]*\s+(?=[\"'(*_`\[]*[A-Z0-9`]|[a-z]\S*: )|;\s+(?=MML_)")
ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|etc|vs|cf|al|approx|St)|\b[A-Z])\.$")
LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+")


def markdown_blocks(lines):
    """(line number, text, whether it is sentences) of each paragraph, list item, heading and row of a table."""
    number, text, fenced, blank = 0, [], False, True
    for at, line in enumerate(lines, 1):
        fence = line.lstrip().startswith("```")
        code = fenced or fence or (blank and re.match(r" {4}", line) and not LIST_ITEM.match(line))
        alone = line.startswith(("|", "#"))
        if text and (code or alone or not line.strip() or LIST_ITEM.match(line)):
            yield number, " ".join(text), True
            text = []
        fenced ^= fence
        blank = not line.strip() or (blank and bool(code))
        if code or not line.strip():
            continue
        if alone:
            yield at, line, False
            continue
        number = number if text else at
        text.append(LIST_ITEM.sub("", line, count=1).strip() if not text else line.strip())
    if text:
        yield number, " ".join(text), True


COMMENT = re.compile(r"/\*.*?\*/|(?:^[ \t]*//[^\n]*\n)+|//[^\n]*", re.DOTALL | re.MULTILINE)


def comment_blocks(lines):
    """The same of the comments of a header in C or C++."""
    text = "\n".join(lines) + "\n"
    for comment in COMMENT.finditer(text):
        first = text.count("\n", 0, comment.start()) + 1
        plain = [re.sub(r"^\s*(?:/\*+<?|\*/|\*(?!/)|///?<?)|\*/\s*$", "", line).strip() for line in comment[0].splitlines()]
        if plain[0].startswith(("SPDX", "----")):
            continue
        for number, block, is_text in markdown_blocks(plain):
            yield first + number - 1, block, is_text


def help_blocks(lines):
    """The texts of several words that end with a full stop: the help in the table of options."""
    for number, line in enumerate(lines, 1):
        for text in re.findall(r'"((?:\\.|[^"\\])* (?:\\.|[^"\\])*\.)"', line):
            yield number, text, True


def string_blocks(lines):
    """Moodle's strings."""
    for number, line in enumerate(lines, 1):
        match = re.match(r"\$string\['[^']*'\] = '((?:\\.|[^'\\])*)'", line)
        if match:
            yield number, match[1].replace("\\'", "'"), True


def message_blocks(lines):
    """The texts in C++ code: parts of messages, so that their length says nothing."""
    for number, line in enumerate(lines, 1):
        for text in re.findall(r'"((?:\\.|[^"\\])*)"', "" if line.lstrip().startswith("//") else line):
            if " " in text:
                yield number, text, False


def without_code(text):
    """Code counts as one word, a link as its words."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return re.sub(r"``[^`]+``|`[^`]*`|\{\$a[^}]*\}|<code>.*?</code>", "`x`", text)


def sentences(text):
    start = 0
    for end in SENTENCE_END.finditer(text):
        if not ABBREVIATION.search(text[start:end.start()]):
            yield text[start:end.start()]
            start = end.end()
    yield text[start:]


def words(sentence):
    return sum(bool(re.search(r"\w", word)) for word in re.split(r"\s+|(?<=\w)/(?=\w)", sentence))


def shown(sentence):
    return sentence if len(sentence) <= 60 else sentence[:57] + "..."


def judged(path, blocks):
    """The findings of one file."""
    longer = []
    for number, text, is_text in blocks:
        for sentence in sentences(without_code(text)):
            for pattern, instead in AVOID:
                match = re.search(pattern, sentence, re.IGNORECASE)
                if match:
                    yield f'{path}:{number}: "{match[0]}" ({instead}): {shown(sentence)}'
            for pattern, instead in OPENERS if is_text else []:
                if re.match(r"[\W_]*" + pattern, sentence):
                    yield f"{path}:{number}: begins badly ({instead}): {shown(sentence)}"
            count = words(sentence) if is_text else 0
            if count > MOST_WORDS:
                yield f"{path}:{number}: {count} words, {MOST_WORDS} are allowed: {shown(sentence)}"
            elif count > WORDS:
                longer.append(f"{path}:{number}: {count} words, {WORDS} are allowed in all but {LONGER} sentences: {shown(sentence)}")
    if len(longer) > LONGER:
        yield from longer


def blocks_of(path):
    """How a file is read; None where it is not looked at."""
    name = f"{path}"
    if path.suffix == ".md":
        return markdown_blocks
    if name.startswith("include/") and path.suffix in {".h", ".hpp"}:
        return comment_blocks
    if name == "src/config/options.cpp":
        return help_blocks
    if name.startswith(("src/", "bindings/cli/")) and path.suffix == ".cpp":
        return message_blocks
    return string_blocks if "/lang/" in name and path.suffix == ".php" else None


def main():
    findings = []
    for path in tree.files():
        blocks = blocks_of(path)
        if blocks:
            findings += judged(path, blocks(tree.lines(path)))
    tree.finish(findings)


if __name__ == "__main__":
    main()
