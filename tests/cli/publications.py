"""Small tables in the layouts of NHS England's publications, made up."""

from workbooks import Shown

GROWTH_HEADER = ["Region", "Org code", "Org name", "Sector", "Cost weighted activity growth", "Real terms resource growth",
                 "Productivity growth estimate", "Data quality note"]


def share(value):
    return Shown(value, "per cent")


def growth_sheet(**changed):
    """The trust sheet of the productivity workbook; changed: "E21" -> another cell."""
    rows = {
        1: ["NHS Productivity Growth Estimates: NHS trusts [note 1]"],
        2: ["Month 5 YTD 2025/26: April to August 2025"],
        4: ["Some shorthand is used in this table: [p] provisional, [x] not available."],
        6: ["Status: Provisional"],
        7: ["Published: 11 December 2025"],
        15: GROWTH_HEADER,
        16: [None, "ENG", "England", "All", share(0.048), share(0.02), share(0.0274)],
        17: ["London", "Y56", "LONDON", "All", share(0.052), share(0.021), share(0.0304)],
        19: ["South West", "RU1", "Penhallow Royal NHS Foundation Trust", "Acute", share(0.0341628853842461),
             share(0.0141266413692286), share(0.0197571419561224)],
        20: ["North West", "RU2", "Stonebeck Hospitals NHS Trust", "Acute", "4.4% [p]", "1.6% [p]", "2.7% [p]"],
        21: ["Midlands", "RU3", "Weir Valley Care NHS Trust", "Community", "[x]", "[x]", "[x]", "[note 3]"],
        22: ["London", "A7U3K", "New Albion NHS Foundation Trust", "Acute", share(0.0522008004904888),
             share(0.021067305737658), "3.0% [r]"],
        24: ["Number of trusts: 4"],
        25: ["[p] Provisional figures will be revised in the next publication."],
    }
    for place, value in changed.items():
        column, row = ord(place[0]) - ord("A"), int(place[1:])
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    return rows


def growth_book(**changed):
    return {"Cover": {1: ["NHS Productivity Growth Estimates, August 2025"]},
            "Notes": {1: ["Notes"], 4: ["[note 1]", "Growth on the same period of the previous year."]},
            "Trust level": growth_sheet(**changed)}


BED_SECTORS = ["Total", "General & Acute", "Maternity"]
BEDS = {"RU1": ("Y58", 1005.1, 954.9, 50.2), "RU2": ("Y62", 1034.9, 983.2, 51.7), "RU3": ("Y60", 837.4, 837.4, 0),
        "A7U3K": ("Y56", 493.9, 469.2, 24.7)}


def bed_sheet(quarter="June", year="2025-26", total=3371.3, beds=None):
    """KH03: two rows of headers with merged sections, columns without a name between them, England without a code."""
    rows = {3: [None, "Title:", "Average daily number of available and occupied beds"], 5: [None, "Period:", "April to June 2025"],
            14: [None] * 6 + ["Available", None, None, None, "Occupied", None, None],
            15: [None, "Year", "Period End", "Region Code", "Org Code", "Org Name", *BED_SECTORS, None, *BED_SECTORS]}
    numbers = lambda values: [*values, None, *(round(0.9 * v, 2) for v in values)]
    beds = beds or BEDS
    england = [total, sum(b[2] for b in beds.values()), sum(b[3] for b in beds.values())]
    rows[16] = [None, year, quarter, None, None, "England", *numbers([round(v, 1) for v in england])]
    for i, (code, (region, *values)) in enumerate(beds.items()):
        rows[18 + i] = [None, year, quarter, region, code, f"TRUST {code}", *numbers(values)]
    rows[19 + len(beds)] = [None, "Note: trusts with no overnight beds are shown with zeros."]
    return rows, ["G14:I14", "K14:M14"]
