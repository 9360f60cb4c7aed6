"""The rules of style that a machine can check. Each has a broken sample in tidy_test.py."""

import ast
import re

import cpp

# Which folders a folder may include, besides itself: only downwards, never sideways
# (docs/design.md). workload and policy serve both worlds, so they do not use the engine either.
_FOUNDATION = {"base", "spec", "measure", "theory"}
LAYERS = {
    "base": set(),
    "sim": {"base"},
    "spec": {"base"},
    "measure": {"base"},
    "theory": {"base"},
    "workload": _FOUNDATION,
    "policy": _FOUNDATION,
    "models": _FOUNDATION | {"sim", "workload", "policy"},
    "live": _FOUNDATION | {"workload", "policy"},
    "reports": _FOUNDATION,
}
_EVERYTHING = set(LAYERS) | {"live"}
TOP = {"cli": _EVERYTHING, "bench": _EVERYTHING, "tests": _EVERYTHING | {"cli", "tests"}}

MAX_LINES = 400
MAX_FUNCTION_LINES = 60
MAX_COLUMNS = 100
MAX_UNITS_PER_FOLDER = 12  # a header and its .cc are one


class File:
    def __init__(self, path, text, executable=False):
        self.path = path
        self.text = text
        self.executable = executable
        self.folder = path.split("/")[0] if "/" in path else ""
        self.lines = text.split("\n")

    def is_cpp(self):
        return self.path.endswith((".h", ".cc"))

    def is_build(self):
        return self.path.endswith((".cmake", "CMakeLists.txt", "CMakePresets.json"))

    def is_source(self):
        return self.is_cpp() or self.is_build() or self.path.endswith((".py", ".sh")) or \
            self.path in ("dev", ".ci/run")

    def is_data(self):
        return self.path.startswith(("tests/data/", "tests/golden/")) or \
            "/golden/" in self.path or \
            self.path.endswith((".csv", ".json", ".svg", ".png", ".hgrm", ".html"))

    def is_tidy(self):
        return self.path.startswith("tests/tidy/")

    def code(self):
        """C++ without comments and strings; other sources without '#' comments."""
        if self.is_cpp():
            return cpp.without_comments_and_strings(self.text)
        if self.path.endswith(".json"):
            return self.text
        return re.sub(r"(?m)(^|\s)#.*$", "", self.text)


RULES = {}


def rule(function):
    RULES[function.__name__.replace("_", "-")] = function
    return function


def _matches(text, pattern):
    for match in re.finditer(pattern, text):
        yield text.count("\n", 0, match.start()) + 1, match.group(0)


# --- Includes -------------------------------------------------------------------------------------

@rule
def include_downwards(file, tree):
    """A folder includes only what lies below it."""
    if not file.is_cpp() or file.folder not in {**LAYERS, **TOP}:
        return
    allowed = {**LAYERS, **TOP}[file.folder] | {file.folder}
    for line, include in enumerate(file.lines, 1):
        match = re.match(r'\s*#\s*include\s*"([^"]*)"', include)
        if match and "/" in match.group(1):
            folder = match.group(1).split("/")[0]
            if folder in {**LAYERS, **TOP} and folder not in allowed:
                yield line, f"{file.folder}/ may not include {folder}/; it may include " + \
                    ", ".join(sorted(allowed))


@rule
def include_from_the_root(file, tree):
    """Own headers are included by their path from the root, in quotes; others in brackets."""
    if not file.is_cpp():
        return
    for line, include in enumerate(file.lines, 1):
        match = re.match(r'\s*#\s*include\s*(["<])([^">]*)', include)
        if not match:
            continue
        own = match.group(2).split("/")[0] in {**LAYERS, **TOP} and "/" in match.group(2)
        if match.group(1) == "<" and own:
            yield line, f'write "{match.group(2)}" in quotes: it is ours'
        elif match.group(1) == '"' and match.group(2) not in tree:
            yield line, f'"{match.group(2)}" is no path from the root of a file that exists'


@rule
def header_guard(file, tree):
    """Headers are guarded by #pragma once."""
    if file.path.endswith(".h") and "#pragma once" not in file.lines:
        yield 1, "a header needs #pragma once"


@rule
def engine_without_domain_nouns(file, tree):
    """The engine knows events and processes, not what they stand for."""
    if file.is_cpp() and file.folder == "sim":
        nouns = r"((?<![A-Za-z])(request|server|packet)|Request|Server|Packet)s?(?![a-z])"
        for line, word in _matches(file.text, nouns):
            yield line, f"the engine has no domain noun: '{word}'; say event, process, message"


# --- Bans, each with what to use instead ----------------------------------------------------------

_MATH = r"(log|log2|log10|log1p|exp|exp2|expm1|pow|sin|cos|tan|tgamma|lgamma|erf|erfc|cbrt|fma)"

# name: (pattern, where it is allowed, what to use instead)
BANS = {
    "standard-random": (
        r"\bstd::(random_device|mt19937(_64)?|minstd_rand0?|default_random_engine|\w+_distribution|"
        r"shuffle|sample)\b|\bs?rand\s*\(|#\s*include\s*<random>",
        (), "differs between libraries; use Stream (base/random.h) and base/distribution.h"),
    "library-math": (
        r"\bstd::" + _MATH + r"\s*\(|(?<![\w:.>])" + _MATH + r"\s*\(",
        ("base/portable_math", "theory/", "reports/", "bench/", "tests/", "live/"),
        "gives other last bits on other machines; use base/portable_math.h"),
    "wall-clock": (
        r"\b(system_clock|steady_clock|high_resolution_clock)\b|\b(gettimeofday|clock_gettime)\b|"
        r"\b(localtime|gmtime)(_r)?\b|\btime\s*\(\s*(nullptr|NULL|0)\s*\)",
        ("live/", "measure/result/manifest", "cli/progress", "bench/",
         "tests/"), "simulated time is Instant (base/time.h); only the manifest knows the date"),
    "standard-output": (
        r"\bstd::cout\b|(?<![\w])printf\s*\(|\bputs\s*\(|\bfprintf\s*\(\s*stdout\b|"
        r"\bfmt::print\s*\((?!\s*stderr)",
        ("cli/", "bench/", "tests/"), "return the text; only cli/ speaks to standard output"),
    "environment": (
        r"\b(std::)?(secure_)?getenv\s*\(",
        ("cli/", "live/", "tests/", "sim/ranks/launch"),
        "what decides a run is in its scenario, not in the environment"),
    "using-namespace-std": (r"\busing\s+namespace\s+std\s*;", (), "write std:: out"),
    "assert": (
        r"(?<!\w)assert\s*\(|#\s*include\s*<(cassert|assert\.h)>", (),
        "vanishes in release builds; use SPRINGTIDE_CHECK (base/check.h)"),
    "order-by-address": (
        r"\bstd::(map|set|multimap|multiset)<\s*(const\s+)?[\w:]+\s*(const\s*)?\*", (),
        "addresses differ from run to run; order by a name or a number"),
}


def _ban(name):
    pattern, allowed, instead = BANS[name]

    def check(file, tree):
        if file.is_cpp() and not file.path.startswith(allowed):
            for line, found in _matches(file.code(), pattern):
                yield line, f"'{found.strip()}' {instead}"
    check.__doc__ = f"No {name.replace('-', ' ')}: {instead}."
    RULES["ban-" + name] = check


for _name in BANS:
    _ban(_name)


@rule
def unordered_iteration(file, tree):
    """Nothing walks over an unordered container: its order is an accident."""
    if not file.is_cpp():
        return
    code = file.code()
    names = re.findall(r"\bunordered_(?:multi)?(?:map|set)<[^;{}]*>\s+(\w+)\s*[;={]", code)
    for name in names:
        walk = rf"for\s*\([^;()]*:\s*(?:this->)?{name}\s*\)|\b{name}\.c?begin\("
        for line, _ in _matches(code, walk):
            yield line, f"'{name}' is unordered: walk over a std::map, or over sorted keys"


@rule
def compiler_flags(file, tree):
    """No flag lets the compiler or this machine's processor change a result."""
    if file.is_build() or file.path == "dev":
        flags = r"-ffast-math|-Ofast|-funsafe-math\S*|-march\S*|-mtune\S*|-mfma\b|-mavx\S*|" \
            r"-ffp-contract=(fast|on)"
        for line, flag in _matches(file.code(), flags):
            yield line, f"{flag} changes results from machine to machine"


# --- Lengths and shape ----------------------------------------------------------------------------

@rule
def file_length(file, tree):
    """A file stays under 400 lines."""
    count = len(file.lines) - 1
    if file.is_source() and not file.is_data() and count > MAX_LINES:
        yield count, f"{count} lines, over {MAX_LINES}: split it by idea"


@rule
def line_length(file, tree):
    """A line has at most 100 columns."""
    if file.is_source() and not file.path.endswith(".json"):
        for number, line in enumerate(file.lines, 1):
            if len(line) > MAX_COLUMNS:
                yield number, f"{len(line)} columns, over {MAX_COLUMNS}"


def _functions(file):
    if file.is_cpp():
        yield from cpp.functions(file.text)
    elif file.path.endswith(".py"):
        for node in ast.walk(ast.parse(file.text)):
            if isinstance(node, ast.FunctionDef):
                yield node.lineno, node.end_lineno
    elif file.path == "dev" or file.path.endswith(".sh"):
        for match in re.finditer(r"(?ms)^\w+\(\) \{$.*?^\}$", file.text):
            first = file.text.count("\n", 0, match.start()) + 1
            yield first, first + match.group(0).count("\n")


@rule
def function_length(file, tree):
    """A function has at most 60 lines."""
    for first, last in _functions(file):
        if last - first + 1 > MAX_FUNCTION_LINES:
            yield first, f"a function of {last - first + 1} lines, over {MAX_FUNCTION_LINES}"


@rule
def folder_size(file, tree):
    """A folder holds at most 12 units (a header and its .cc are one)."""
    folder, _, name = file.path.rpartition("/")
    if not file.is_cpp():
        return
    units = {path.rpartition(".")[0] for path in tree
             if path.endswith((".h", ".cc")) and path.rpartition("/")[0] == folder}
    if len(units) > MAX_UNITS_PER_FOLDER and file.path.rpartition(".")[0] == max(units):
        yield 1, f"{folder}/ holds {len(units)} units, over {MAX_UNITS_PER_FOLDER}: use subfolders"


@rule
def plain_text(file, tree):
    """Lines end in a newline, without trailing blanks, tabs or carriage returns."""
    if file.is_data() or not (file.is_source() or file.path.endswith(".md")):
        return
    if not file.text.endswith("\n") or file.text.endswith("\n\n"):
        yield len(file.lines), "a file ends with exactly one newline"
    for number, line in enumerate(file.lines, 1):
        if line != line.rstrip() or "\t" in line:
            yield number, "a tab, a carriage return or a blank at the end of a line"


@rule
def executable_bit(file, tree):
    """What begins with #! may be executed, and nothing else."""
    script = file.text.startswith("#!")
    if script and not file.executable:
        yield 1, "begins with #! but is not executable (chmod +x)"
    if file.executable and not script:
        yield 1, "is executable but does not begin with #!"


# --- Words ----------------------------------------------------------------------------------------

# name: (pattern, message)
WORDS = {
    "machine-paths": (
        r"(?<![\w.$}])/(home|work|root|Users)/\w*|(?<![\w.])/tmp/(build|research)\S*|"
        r"\b[A-Z]:\\\\?\w+",
        "is a path of one machine; use a path from the root of the project"),
    "unfinished-marks": (
        r"\b(TODO|FIXME|XXX|HACK)\b|\b\w+-DRAFT\b", "finish it, or open an issue"),
    "registry-hosts": (
        r"(?i)\b(pypi\.org|pythonhosted\.org|npmjs\.(com|org)|crates\.io|proxy\.golang\.org|"
        r"docker\.io|docker\.com|ghcr\.io|(deb|security)\.debian\.org|"
        r"rubygems\.org|maven\.org|conan\.io|unpkg\.com|jsdelivr\.net|cdnjs\.com|jfrog)\b",
        "names a host; say the package's name, the machine knows where to get it"),
    "how-it-was-made": (
        r"(?i)\b(chat-?gpt|gpt-?[345]|claude|anthropic|openai|copilot|chatbot|sub-?agents?|"
        r"(large )?language models?|LLMs?|ai[- ](generated|written|assisted))\b|"
        r"\b(this|previous|last|next|another) session\b|\b(my|your) (brief|prompt)\b",
        "is about how this was written; write for who reads it in ten years"),
}


def _word(name):
    pattern, message = WORDS[name]

    def check(file, tree):
        if not (file.is_tidy() or file.path.startswith("tests/data/")):
            for line, found in _matches(file.text, pattern):
                yield line, f"'{found.strip()}' {message}"
    check.__doc__ = f"No {name.replace('-', ' ')}."
    RULES["words-" + name] = check


for _name in WORDS:
    _word(_name)


# --- The whole tree -------------------------------------------------------------------------------

@rule
def licence(file, tree):
    """The licence is there and is Apache-2.0."""
    if file.path == "CMakeLists.txt":
        if "LICENSE" not in tree:
            yield 1, "LICENSE is missing"
    if file.path == "LICENSE" and "Apache License" not in file.text:
        yield 1, "LICENSE is not the Apache License"


@rule
def map_of_folders(file, tree):
    """The README's map names every folder of the project, and none that is not there."""
    if file.path != "README.md":
        return
    folders = {path.split("/")[0] for path in tree if "/" in path and not path.startswith(".")}
    mapped = set(re.findall(r"(?m)^\| `(\w+)/`", file.text))
    for folder in sorted(folders - mapped):
        yield 1, f"the map of folders lacks `{folder}/`"
    for folder in sorted(mapped - folders):
        yield 1, f"the map of folders names `{folder}/`, which is not there"
