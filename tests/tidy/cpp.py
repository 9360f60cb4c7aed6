"""Just enough of C++ to look at it: text without comments and strings, and where functions are."""

import re

_TOKEN = re.compile(
    r'//[^\n]*'
    r'|/\*.*?\*/'
    r'|R"(?P<tag>[^()\\\s]{0,16})\(.*?\)(?P=tag)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def without_comments_and_strings(text):
    """The same text, line for line, with comments blanked and strings emptied.

    Include lines keep their file names: they are not strings."""
    def blank(match):
        piece = match.group(0)
        line = text[text.rfind("\n", 0, match.start()) + 1:match.start()]
        if piece.startswith('"') and re.match(r"\s*#\s*include\s*$", line):
            return piece
        newlines = "\n" * piece.count("\n")
        return newlines if piece.startswith("/") else '""' + newlines
    return _TOKEN.sub(blank, text)


_NOT_A_FUNCTION = re.compile(
    r"^\s*(if|for|while|switch|catch|else|do|try|namespace|class|struct|union|enum|extern|"
    r"TEST_SUITE)\b")


def _opens_function(head):
    """Whether a '{' that follows `head` (since the last ; { or }) opens a function's body."""
    head = re.sub(r"^\s*#.*$", "", head, flags=re.MULTILINE).strip()
    head = re.sub(r"^\s*template\s*<[^{};]*?>\s*(?=(class|struct|\w))", "", head)
    if not head or _NOT_A_FUNCTION.match(head) or ")" not in head:
        return False
    return not head.endswith(("=", ",", "("))


def functions(text):
    """(first line, last line) of every function body with its head, both 1-based."""
    code = without_comments_and_strings(text)
    found = []
    stack = []  # True where a function opened
    head_start = 0
    start_line = 0
    for at, character in enumerate(code):
        if character == "{":
            head = code[head_start:at]
            opens = not any(stack) and _opens_function(head)
            if opens:
                leading = len(head) - len(head.lstrip())
                start_line = code.count("\n", 0, head_start + leading) + 1
            stack.append(opens)
            head_start = at + 1
        elif character == "}":
            if stack and stack.pop():
                found.append((start_line, code.count("\n", 0, at) + 1))
            head_start = at + 1
        elif character == ";":
            head_start = at + 1
    return found
