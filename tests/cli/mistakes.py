"""Mistakes of newcomers and the one sentence that answers each; two tests hold lists of them.

A mistake is its name, the words after `headwater`, the exit code and the whole message; the files that it needs come last.
What is refused leaves every file in the folder as it was. Exit 0 means that the question is answered, and then the answer
holds the sentence.
"""

import shlex

from command import CommandTest, run

USAGE, DATA, FORMULA, IDENTIFICATION, IO = 2, 3, 4, 5, 7
KEYS = "--unit trust --time year"
FIT = f"fit panel.csv 'y ~ x | trust' {KEYS}"
DECOMPOSE = f"decompose panel.csv 'y ~ x + z | trust' {KEYS} --driver capital=x --driver digital=z"


class MistakesTest(CommandTest):
    def setUp(self):
        super().setUp()
        self.panel()
        code, _, err = run(*shlex.split(DECOMPOSE), "--use", "change(from = 2015, to = 2019)", "--use", "gelbach(base = x)", "--quiet",
                           "--output", "good.h5", cwd=self.folder)
        self.assertEqual((code, err), (0, ""))
        whole = (self.folder / "good.h5").read_bytes()
        self.write("half.h5", whole[:9000])
        self.size = f"{len(whole):,}"

    def files(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def answers(self, mistakes):
        for name, words, expected, sentence, *files in mistakes:
            with self.subTest(name):
                written = [self.write(file, content) for file, content in (files[0] if files else {}).items()]
                before = self.files()
                code, out, err = run(*shlex.split(words), cwd=self.folder)
                if expected == 0:
                    self.assertEqual((code, err), (0, ""))
                    self.assertIn(sentence, " ".join(out.split()))
                else:
                    sentence = sentence.replace("SIZE", self.size)
                    self.assertEqual((code, out, err.replace(f"{self.folder}/", "")), (expected, "", f"headwater: error: {sentence}\n"))
                    self.assertEqual(self.files(), before, "a refused command changes no file")
                for path in written:
                    path.unlink()
