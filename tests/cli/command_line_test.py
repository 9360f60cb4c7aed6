"""The command line itself: help, version, what is wrong with a line."""

import os

from program import Case, QUEUE, SHORT, environment, springtide

GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden")
VERBS = ["run", "check", "estimate", "sweep", "schema", "compare", "report"]


def golden(name, text):
    """The stored text; with SPRINGTIDE_UPDATE=1 it is stored first."""
    path = os.path.join(GOLDEN, name)
    if "SPRINGTIDE_UPDATE" in os.environ:
        os.makedirs(GOLDEN, exist_ok=True)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
    with open(path, encoding="utf-8") as stream:
        return stream.read()


class CommandLineTest(Case):
    def test_help_is_the_golden_text(self):
        for verb in [None, *VERBS]:
            with self.subTest(verb):
                done = springtide(*([verb] if verb else []), "--help")
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                self.assertEqual(done.stdout, golden(f"help-{verb or 'springtide'}.txt",
                                                     done.stdout))

    def test_every_verb_shows_examples_that_name_it(self):
        for verb in VERBS:
            with self.subTest(verb):
                self.assertIn(f"Examples:\n  springtide {verb}",
                              springtide(verb, "--help").stdout)

    def test_version_is_one_line(self):
        self.assertRegex(springtide("--version").stdout, r"^springtide \d+\.\d+\.\d+\n$")

    def test_a_wrong_line_is_told_on_stderr_with_exit_2(self):
        wrong = {
            (): "subcommand",
            ("fly",): "fly",
            ("run",): "FILE",
            ("run", QUEUE, "--colour"): "--colour",
            ("run", QUEUE, "--seed", "x"): "--seed",
            ("run", QUEUE, "--seed", "-1"): "--seed",
            ("run", QUEUE, "--threads", "100000"): "--threads",
            ("run", QUEUE, "more.json"): "more.json",
            ("check",): "FILE",
            ("estimate",): "FILE",
            ("sweep", QUEUE): "--vary",
            ("compare", "a"): "required",
            ("report",): "DIR",
        }
        for line, word in wrong.items():
            with self.subTest(line):
                done = springtide(*line, cwd=self.directory)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(word, done.stderr)
                self.assert_nothing_written()

    def test_schema_is_json_on_stdout(self):
        done = springtide("schema")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn('"$schema": "http://json-schema.org/draft-07/schema#"', done.stdout)

    def test_a_full_standard_output_is_an_error(self):
        with open("/dev/full", "wb") as full:
            done = springtide("schema", stdout=full)
        self.assertEqual(done.returncode, 1)
        self.assertIn("standard output", done.stderr)

    def test_the_environment_does_not_change_a_result(self):
        sums = []
        for number, variables in enumerate([{}, {"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Shanghai"}]):
            done = springtide("run", QUEUE, *SHORT, "-o", self.path(str(number)),
                              env=environment(**variables))
            self.assertEqual(done.returncode, 0, done.stderr)
            sums.append(self.read(str(number), "SHA256SUMS"))
        self.assertEqual(sums[0], sums[1])
