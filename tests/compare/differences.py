"""Counts what agrees and what differs for a reason that has a name; everything else is a failure."""

import collections
import math

TOLERANCE = {"estimate": 1e-6, "std_error": 1e-7, "p_value": 1e-5}


class Comparison:
    def __init__(self):
        self.agreed, self.fits = collections.Counter(), collections.Counter()
        self.named, self.failures = collections.Counter(), []

    def number(self, what, where, ours, theirs, scale):
        if ours is None or not math.isfinite(theirs) or abs(ours - theirs) > TOLERANCE[what] * scale:
            self.failures.append(f"{where}: {what} is {ours}, there {theirs}")
        else:
            self.agreed[what] += 1

    def terms(self, where, ours, theirs, slack=1):
        """`ours` are terms of the JSON contract by name, `theirs` (estimate, error or NaN, p or None) by the same names; `slack` is by how
        much less exact their errors are than those of least squares."""
        if set(ours) != set(theirs):
            self.failures.append(f"{where}: terms {sorted(ours)}, there {sorted(theirs)}")
            return
        for name, (estimate, error, p) in theirs.items():
            if math.isnan(error) and "negative variance" in ours[name]["not_estimable"]:
                self.named["a negative variance, not estimable"] += 1
                continue
            self.number("estimate", f"{where}, {name}", ours[name]["estimate"], estimate, max(abs(estimate), error))
            self.number("std_error", f"{where}, {name}", ours[name]["std_error"], error, slack * error)
            if p is not None:
                self.number("p_value", f"{where}, {name}", ours[name]["p_value"], p, slack * max(p * (1 + (estimate / error) ** 2), 1e-10))

    def report(self):
        lines = [f"{sum(self.fits.values())} fits: " + ", ".join(f"{n} with {who}" for who, n in self.fits.items())]
        lines += [f"  {what}: {n} numbers agree" for what, n in self.agreed.items()]
        lines += [f"  named difference, {what}: {n} times" for what, n in self.named.items()]
        return "\n".join(lines)
