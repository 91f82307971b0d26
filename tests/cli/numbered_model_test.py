"""The numbered bad inputs of estimators (44-49): those whose estimator is not offered are refused by name, the others answered."""

import unittest

from numbered import IDENTIFICATION, KEYS, NUMERICAL, USAGE, Numbered, panel, suite_of

# Five rows whose likelihood has a saddle where the search for its maximum ends.
SADDLE = """unit,time,y,x,z
a0,1,1.1,0.4,1.4
a1,1,-8.16,-1.3,-0.9
a2,1,-1.76,-0.2,1.0
a3,1,-2.0,-0.7,-0.9
a4,1,0.35,0.5,0.7
"""


class Models(Numbered):
    def matches(self, number, text, pattern, code, *words, formula="y ~ x", command="fit"):
        self.covered.add(number)
        path, result = self.place(text), self.folder / "result.h5"
        got, message = self.message(command, path, formula, *KEYS, *words, "--output", result)
        self.assertEqual(got, code, message)
        self.assertRegex(message, pattern)
        self.assertFalse(result.exists())

    def test_44_more_moments_than_clusters(self):
        columns = {name: lambda i, t, k=k: (i * (3 + k) + t * (5 + 2 * k)) % (7 + k) for k, name in enumerate("abce")}
        self.matches(44, panel(units=2, periods=12, **columns),
                     "^2 clusters of unit cannot weigh [0-9] moments; use iv = 2sls, or weight = rows$", IDENTIFICATION, "--estimator",
                     "pooled(iv = gmm, weight = clusters)", "--covariance", "cluster(unit)", formula="y ~ x | e ~ a + b + c")

    def test_45_47_what_is_not_offered(self):
        for number, name in ((45, "fgls"), (47, "mixed"), (48, "nls"), (48, "reml")):
            self.matches(number, panel(), f"^there is no estimator '{name}'; ", USAGE, "--estimator", name)

    def test_46_more_lags_than_periods(self):
        self.matches(46, panel(), "^driscoll_kraay has lag 5 and the rows 5 periods; the lag is 0 or more and below the number of periods$",
                     USAGE, "--covariance", "driscoll_kraay(lag = 5)")

    def test_48_a_likelihood_without_a_maximum(self):
        self.matches(48, SADDLE, r"^the likelihood of frontier does not curve downwards in every direction where its search ended \(sigma2 "
                                 r"[0-9.e+-]+, gamma [0-9.e-]+\), so there is no maximum to report and no standard error; the rows cannot tell "
                                 "inefficiency from noise: use fewer regressors, more rows, or the estimator pooled$",
                     NUMERICAL, "--estimator", "frontier", formula="y ~ x + z")

    def test_49_quantiles_that_are_none(self):
        split = panel(units=40, g=lambda i, t: "ab"[i % 2])
        for tau in ("0", "1", "2", "-0.5"):
            self.matches(49, split, f"^tau = {tau} is no level of a quantile; give a number above 0 and below 1$", USAGE, "--use",
                         f"rif(groups = g, statistic = quantile, tau = {tau})", command="decompose")
        self.matches(49, split, "^option 'tau' of rif is 'nan', which is not a number; give a number$", USAGE, "--use",
                     "rif(groups = g, statistic = quantile, tau = nan)", command="decompose")


def load_tests(loader, tests, pattern):
    return suite_of(loader, (Models,), range(44, 50))


if __name__ == "__main__":
    unittest.main()
