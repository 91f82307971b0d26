"""The covariances of plm, sandwich, clubSandwich, estimatr and fixest: which rule and profile each is here, compared one by one."""

import math
import re

from golden_cases import number, rows_of


def compare_degrees(reference, key, got, block):
    """Satterthwaite's degrees of freedom of every coefficient, and HTZ of all slopes together."""
    terms = {term["term"]: term for term in got["terms"]}
    for name, value in block.get("tests", {}).get("df_satterthwaite", {}).items():
        reference.compare(f"{key} degrees of freedom", terms[reference.name(name)]["df"], number(value), 1e-8 * number(value))
    joint = block.get("wald_all_slopes", {})
    htz = joint.get("HTZ") or ({"Fstat": joint["F"]["HTZ"], "df_denom": joint["df_denom"]["HTZ"]} if "F" in joint else None)
    if not htz:
        return
    test, value = got["tests"][0], number(htz["Fstat"])
    if math.isnan(value):
        # numpy on explicit dummies gives what is printed here: F 17.660959621005 with 0.3310792671642 degrees (CR2, weights).
        reference.left_out[f"{key}: clubSandwich has no HTZ below one degree of freedom"] += 1
    else:
        reference.compare(f"{key} HTZ", test["statistic"], value, 1e-7 * value)
        p = number((joint.get("p_value") or {}).get("HTZ", htz.get("p")))
        reference.compare(f"{key} HTZ p", test["p_value"], p, 1e-6 * max(p, 1e-12))


def clubbed(reference):
    """clubSandwich: covariance, degrees of freedom and joint test of all slopes."""
    case = reference.case
    cluster = reference.options.get("clusters") or reference.index[0]
    table = {"CR0": f"cluster({cluster}, df = satterthwaite)", "CR2": f"CR2({cluster})", "CR3": f"CR3({cluster})"}
    slopes = reference.formula.split("~")[1].split("|")[0].strip()
    for key, block in case["vcovs"].items():
        if "not_available" in block:
            reference.left_out[f"{key}: {block['not_available']}"] += 1
        elif key not in table:
            reference.left_out[f"{key}: the same sums with another factor"] += 1
        elif key == "CR3" and reference.options.get("effect") == "twoways":
            # clubSandwich's is not what refits without each cluster give where a second effect cuts across the clusters; ours is.
            reference.left_out["CR3 of two effects: clubSandwich's is no leave-one-out"] += 1
        else:
            got = reference.fit(table[key], "none", "--driver", f"slopes={slopes}")
            names = block.get("names") or list(block["se"])
            reference.compare_matrix(key, got, names, block["matrix"])
            compare_degrees(reference, key, got, block)


def leverage(reference):
    """sandwich's HC2 to HC5 on explicit dummies."""
    for key in ("HC2", "HC3", "HC4", "HC4m", "HC5"):
        block = reference.case["vcovs"][key]
        reference.compare_matrix(key, reference.fit(key, "none"), block["names"], block["matrix"])


def wild(reference):
    """Every sign vector of the clusters: p values are shares of whole numbers."""
    options = reference.options
    null = f"`{options['tested']}` = {options['null_value']}"
    for key, words in (("restricted_WCR", ""), ("unrestricted_WCU", "null = free")):
        for p, option in (("p_symmetric", "p = symmetric"), ("p_equal_tail", "p = equal_tail")):
            how = ", ".join(word for word in (words, option) if word)
            got = reference.fit(f"cluster({options['clusters']})", "areg", "--test", f"{null} by wild({how})")["tests"][-1]
            reference.compare(f"{key} {p}", got["p_value"], reference.case[key][p], 1e-15)
            t = reference.case["t_statistic"]
            reference.compare("t", got["statistic"], t, 1e-8 * abs(t))


def rules(reference):
    """The names of plm, sandwich, clubSandwich and estimatr for the covariances we have, and our words for them."""
    unit, time = reference.index or [None, None]
    unit_rule, time_rule = f"cluster({unit})", f"cluster({time})"
    both = f"cluster({unit}, {time})"
    table = {"HC.arellano.HC0.group": (unit_rule, "none"), "HC.arellano.sss.group": (unit_rule, "plm"),
             "HC.arellano.HC0.time": (time_rule, "none"), "HC.arellano.sss.time": (time_rule, "plm"),
             "HC.white1.HC0.group": ("HC0", "none"), "HC.white1.HC1.group": ("robust", "plm"), "DC.HC0": (both, "none"),
             "SCC.HC0.default": ("driscoll_kraay", "plm"), "CR0": (unit_rule, "none"), "CR1S": (unit_rule, "plm"),
             "arellano.HC0": (unit_rule, "none"), "arellano.sss": (unit_rule, "plm"), "vcovHC.const": ("iid", "areg"),
             "vcovHC.HC2": ("HC2", "none"), "vcovHC.HC3": ("HC3", "none"), "vcovHC.HC4": ("HC4", "none"),
             "vcovHC.HC4m": ("HC4m", "none"), "vcovHC.HC5": ("HC5", "none"), "HC2": ("HC2", "none"), "HC3": ("HC3", "none"),
             "club.CR2": (f"CR2({unit})", "none"), "vcovHC.HC0": ("HC0", "none"), "vcovHC.HC1": ("robust", "areg"), "HC0": ("HC0", "none"), "HC1": ("robust", "areg"),
             "vcovCL.entity.HC0.nocadjust": (unit_rule, "none"), "vcovCL.time.HC0.nocadjust": (time_rule, "none"),
             "vcovCL.twoway.HC0.nocadjust": (both, "none"), "vcovCL.entity.HC1": (unit_rule, "areg"),
             "vcovCL.time.HC1": (time_rule, "areg"), "vcovCL.twoway.HC1": (f"cluster({unit}, {time}, groups = own)", "areg"),
             "cluster.HC1": (unit_rule, "areg"), "club.CR0": (unit_rule, "none"), "vcovPL.NW1987": ("driscoll_kraay", "none")}
    for lag in range(5):
        table[f"SCC.HC0.maxlag{lag}"] = table[f"vcovPL.{lag}"] = (f"driscoll_kraay(lag = {lag})", "none")
        table[f"NW.HC0.maxlag{lag}"] = (f"newey_west({lag}, gaps = bridge)", "none")
    table["NW.HC0.default"] = (f"newey_west({reference.case.get('default_maxlag_plm')}, gaps = bridge)", "none")
    table["vcovPL.noagg.NW1987"] = ("newey_west(gaps = bridge)", "none")
    table |= {"vcovCL.entity.HC2": (f"CR2({unit})", "areg"), "vcovCL.entity.HC3": (f"CR3({unit})", "areg")}
    table |= {"BK.HC0.time": ("beck_katz", "none"), "BK.HC0.time.diagonal": ("beck_katz(diagonal = yes)", "none"),
              "BK.HC0.group": ("beck_katz(of = periods)", "none"), "BK.HC0.group.diagonal": ("beck_katz(of = periods, diagonal = yes)", "none"),
              "HC.white2.HC0.group": ("beck_katz(diagonal = yes)", "none"), "HC.white2.HC0.time": ("beck_katz(of = periods, diagonal = yes)", "none"),
              "vcovPC.pairwise": ("beck_katz", "none"), "vcovPC.casewise": ("beck_katz(missing = casewise)", "none"),
              "DC.sss": (f"cluster({unit}, {time}, groups = own)", "plm")}
    return table


def scaled(reference):
    """The same sums under factors that no profile has: rule, profile, what to multiply by."""
    case = reference.case
    unit, time = reference.index or [None, None]
    N = case["nobs"]
    if case["family"] == "pooled_ols_sandwich":
        K = len(case["coefficients"])
        rows, G, T = (N - 1) / (N - K), case_count(case, unit), case_count(case, time)
        return {"vcovCL.entity.HC0": (f"cluster({unit})", "none", G / (G - 1)), "vcovCL.time.HC0": (f"cluster({time})", "none", T / (T - 1)),
                "vcovCL.twoway.HC0": (f"cluster({unit}, {time}, groups = own)", "none", 1),
                "vcovCL.entity.HC1.nocadjust": (f"cluster({unit})", "none", rows), "vcovCL.time.HC1.nocadjust": (f"cluster({time})", "none", rows),
                "vcovCL.twoway.HC1.nocadjust": (f"cluster({unit}, {time})", "none", rows),
                "vcovPL.max": (f"driscoll_kraay({T - 1}, gaps = bridge)", "none", 1)}
    if case["family"] != "panel_robust_vcov":
        return {}
    N -= case["n_entities"] * (reference.options["model"] == "fd")
    rows = N / (N - case["K"])
    return {"HC.arellano.HC1.group": (f"cluster({unit})", "none", rows), "HC.arellano.HC1.time": (f"cluster({time})", "none", rows),
            "HC.white2.HC1.group": ("beck_katz(diagonal = yes)", "none", rows), "DC.HC1": (f"cluster({unit}, {time})", "none", rows),
            "HC.white2.sss.group": ("beck_katz(diagonal = yes)", "none", rows), "HC.white1.sss.group": ("HC0", "none", rows),
            "SCC.HC1.default": ("driscoll_kraay", "plm", rows), "NW.HC1.default": (f"newey_west({case['default_maxlag_plm']}, gaps = bridge)", "none", rows),
            "SCC.sss.default": ("driscoll_kraay", "fixest" if not reference._effects() else "plm", 1 if not reference._effects() else
                                case["n_times"] / (case["n_times"] - 1) * (N - 1) / (N - case["K"]))}


def case_count(case, column):
    return len({row[column] for row in rows_of(case)})


def in_order(case, index):
    """Whether periods first appear in the order of time where rows go by unit."""
    rows = sorted(rows_of(case), key=lambda row: [float(row[key]) if row[key].replace(".", "").isdigit() else row[key] for key in index])
    first = list(dict.fromkeys(float(row[index[1]]) for row in rows))
    return first == sorted(first)


def not_offered(key):
    if re.fullmatch(r"(HC|SCC)\.(arellano\.|white1\.|white2\.)?HC[234].*", key):
        # Leverage of the regressors after demeaning: it leaves out the effects' own, so it is none of the model's. HC2 to HC4 and CR2 have it whole.
        return "leverage without that of the effects"
    return "a covariance that is not offered"


def robust(reference):
    case, table = reference.case, {key: (*how, 1) for key, how in rules(reference).items()} | scaled(reference)
    names = case.get("names") or (case.get("vcov") or {}).get("names") or list(case["coefficients"])
    for key, block in (case.get("vcovs") or case.get("robust")).items():
        if key in (case.get("do_not_imitate") or []):
            reference.left_out[f"{key}: a known defect of the tool"] += 1
        elif key not in table:
            reference.left_out[f"{key}: {not_offered(key)}"] += 1
        elif key.startswith("BK.HC0.group") and not case["balanced"] and not in_order(case, reference.index):
            # plm lays a unit's errors out by the order in which periods first appear among the units, not by time. With a unit of all
            # periods put first, plm gives ours (EmplUK, within: 5.44290626585e-03 for the first variance, not 5.45023914892e-03).
            reference.left_out[f"{key}: plm takes periods in the order of their first appearance"] += 1
        elif key == "vcovPC.casewise" and case["nobs"] != case_count(case, reference.index[0]) * case_count(case, reference.index[1]):
            # No period has every unit, so there is nothing to take covariances of; sandwich reshapes what is left.
            reference.left_out["vcovPC.casewise: no period is complete"] += 1
        elif "matrix" in block and any(number(block["matrix"][i][i]) < 0 for i in range(len(names))):
            reference.left_out[f"{key}: a negative variance, which is repaired here"] += 1
        elif key == "club.CR2" and case["family"] == "weighted_within_lsdv":
            # Dummies nested in the clusters make its blocks singular, where clubSandwich keeps seven digits; numpy with the null
            # space taken out gives ours, 0.0108395133 for the first variance.
            reference.left_out["club.CR2: singular blocks"] += 1
        elif "matrix" in block:
            rule, profile, times = table[key]
            reference.compare_matrix(key, reference.fit(rule, profile), names, block["matrix"], times)


def conventions(reference):
    case, (unit, time) = reference.case, reference.index
    profiles = {"none": "none", "plm sss": "plm", "Stata xtreg": "xtreg", "LSDV count": "areg", "fixest default": "fixest"}
    ways = {"entity": f"cluster({unit})", "time": f"cluster({time})", "twoway_CGM": f"cluster({unit}, {time}, groups = min)",
            "twoway_each_own_G": f"cluster({unit}, {time}, groups = own)"}
    for convention, block in case["by_convention"].items():
        profile = next((ours for theirs, ours in profiles.items() if convention.startswith(theirs)), None)
        if not profile:
            reference.left_out[f"{convention}: a factor that is not offered"] += len(block)
            continue
        for way, errors in block.items():
            reference.compare_errors(f"{profile} {way}", reference.fit(ways[way], profile), errors)


def estimatr(reference):
    cluster = f"cluster({reference.options['clusters']})"
    table = {"classical": ("iid", "areg"), "HC0": ("HC0", "none"), "HC1": ("robust", "areg"), "stata": (cluster, "areg"), "CR0": (cluster, "none"),
             "HC2": ("HC2", "none"), "HC3": ("HC3", "none")}
    for key, block in reference.case["by_se_type"].items():
        if key == "CR2":
            got = reference.fit(f"CR2({reference.options['clusters']})", "none")
            reference.compare_errors(key, got, block["se"])
            terms = {term["term"]: term for term in got["terms"]}
            for name, df in block["df"].items():
                reference.compare("CR2 degrees of freedom", terms[reference.name(name)]["df"], number(df), 1e-8 * number(df))
        elif key in table:
            reference.compare_errors(key, reference.fit(*table[key]), block["se"])
        else:
            reference.left_out[f"{key}: a covariance that is not offered"] += 1


def gaps(reference):
    """Driscoll and Kraay where all units miss years: lags by rank, as fixest has them, and by the calendar."""
    case = reference.case
    for block, how in (("vcovs", ", gaps = bridge"), ("vcovs_calendar_lags", "")):
        for key, vcov in case.get(block, {}).items():
            rule = f"driscoll_kraay({key.split('_')[1][3:]}{how})"
            got = reference.fit(rule, "fixest" if key.endswith("default") else "none")
            reference.compare_matrix(rule, got, vcov["names"], vcov["matrix"])
    for name, value in case["coefficients"].items():
        reference.compare("coefficients", got["terms"][got["vcov"]["names"].index(name)]["estimate"], number(value), 1e-9 * abs(number(value)))


def newey_west(reference):
    """Lags by the rank of the years that occur, as fixest has them."""
    case = reference.case
    for key, vcov in case["vcovs"].items():
        rule = f"newey_west({key.split('_')[1][3:]}, gaps = bridge)"
        reference.compare_matrix(key, reference.fit(rule, "fixest" if key.endswith("default") else "none"), vcov["names"], vcov["matrix"])


def conley(reference):
    """Great circles on fixest's Earth, or on ours where the pairs are the same; flat distances of 111 km a degree."""
    case, options = reference.case, reference.options
    for key, vcov in case["vcovs"].items():
        how, cutoff, _, _, factor = key.split("_")
        same = case["pairs"][f"{how}_{cutoff}"]["other_earth_radius_same_pairs"]
        for words in {"spherical": [", radius = 6376"] + [""] * same, "triangular": [", distance = flat"]}[how]:
            rule = f"conley({options['latitude']}, {options['longitude']}, {cutoff[:-2]}{words})"
            # areg counts as fixest does, but repairs nothing where a variance is negative; neither does the reference.
            reference.compare_matrix(key, reference.fit(rule, "areg" if factor == "default" else "none"), vcov["names"], vcov["matrix"])
