#include "headwater/run/published_layouts.hpp"

#include <algorithm>
#include <cmath>

#include "headwater/core/text.hpp"

namespace headwater {
namespace {

constexpr int kProvisionalEvery = 9, kSuppressedEvery = 23, kNotApplicableEvery = 11;  // which trusts have a mark

Cell text(std::string words) { return {words.empty() ? Cell::Kind::empty : Cell::Kind::text, false, std::move(words)}; }
Cell number(double value) { return {Cell::Kind::number, false, shortest(value)}; }
Cell share(double value) { return {Cell::Kind::number, true, shortest(value)}; }
double rounded(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  return std::round(value * scale) / scale;
}
std::string fixed(double value, int decimals) { return shortest(rounded(value, decimals)); }

void put(Sheet& sheet, std::int64_t row, std::vector<Cell> cells) { sheet.rows.push_back({row, std::move(cells)}); }

double total(const std::vector<const PublishedQuarter*>& quarters, double PublishedQuarter::*figure) {
  double sum = 0;
  for (const PublishedQuarter* quarter : quarters) sum += quarter->*figure;
  return sum;
}

struct Growth {
  double activity = 0, resource = 0;
  double productivity() const { return (1 + activity) / (1 + resource) - 1; }
};

// Sums of some trusts in a year and the year before, of those that have both.
class GrowthOf {
 public:
  GrowthOf(const PublishedFigures& figures, int year, bool final_vintage)
      : figures_(figures),
        year_(year),
        activity_(final_vintage ? &PublishedQuarter::activity : &PublishedQuarter::activity_first) {}

  bool add(std::size_t trust) {
    const auto now = figures_.year_of(trust, year_), before = figures_.year_of(trust, year_ - 1);
    if (now.empty() || before.empty()) return false;
    now_.activity += total(now, activity_);
    now_.resource += total(now, &PublishedQuarter::resource);
    before_.activity += total(before, &PublishedQuarter::activity);
    before_.resource += total(before, &PublishedQuarter::resource);
    return true;
  }
  Growth growth() const { return {now_.activity / before_.activity - 1, now_.resource / before_.resource - 1}; }

 private:
  const PublishedFigures& figures_;
  int year_;
  double PublishedQuarter::*activity_;
  struct Sums {
    double activity = 0, resource = 0;
  };
  Sums now_, before_;
};

std::vector<Cell> growth_cells(const Growth& growth) {
  return {share(growth.activity), share(growth.resource), share(growth.productivity())};
}

std::vector<Cell> marked_growth(const Growth& growth, const std::string& mark) {
  std::vector<Cell> cells;
  for (const double value : {growth.activity, growth.resource, growth.productivity()})
    cells.push_back(text(fixed(100 * value, 1) + "% [" + mark + "]"));
  return cells;
}

std::vector<Cell> beside(std::vector<Cell> first, const std::vector<Cell>& then) {
  first.insert(first.end(), then.begin(), then.end());
  return first;
}

void put_growth_titles(Sheet& sheet, const PublishedFigures& figures, int year, bool final_vintage) {
  const std::int64_t first = figures.first_year + year;
  put(sheet, 1, {text("NHS Productivity Growth Estimates: NHS trusts [note 1]")});
  put(sheet, 2,
      {text("Month 12 YTD " + year_text(first, '/') + ": April " + std::to_string(first) + " to March " +
            std::to_string(first + 1))});
  put(sheet, 4, {text("Some shorthand is used in this table: [p] provisional, [r] revised, [x] not available.")});
  put(sheet, 6, {text(final_vintage ? "Status: Final Revised" : "Status: Provisional")});
  put(sheet, 7,
      {text(final_vintage ? "Published: 10 December " + std::to_string(first + 1)
                          : "Published: 11 June " + std::to_string(first + 1))});
  put(sheet, 8, {text("Source: simulated by headwater simulate")});
  std::vector<std::string> header = {"Region",
                                     "Org code",
                                     "Org name",
                                     "Sector",
                                     "Cost weighted activity growth",
                                     "Real terms resource growth",
                                     "Productivity growth estimate",
                                     "Data quality note"};
  std::vector<Cell> cells;
  for (std::string& name : header) cells.push_back(text(std::move(name)));
  put(sheet, 15, std::move(cells));
}

// England, then the regions.
std::int64_t put_growth_totals(Sheet& sheet, const PublishedFigures& figures, int year, bool final_vintage) {
  GrowthOf england(figures, year, final_vintage);
  for (std::size_t i = 0; i < figures.trusts.size(); ++i) england.add(i);
  put(sheet, 16, beside({text(""), text("ENG"), text("England"), text("All")}, growth_cells(england.growth())));
  std::int64_t row = 17;
  for (const auto& [code, region] : published_regions()) {
    GrowthOf growth(figures, year, final_vintage);
    bool any = false;
    for (std::size_t i = 0; i < figures.trusts.size(); ++i)
      if (figures.trusts[i].region == region) any |= growth.add(i);
    if (any)
      put(sheet, row++, beside({text(region), text(code), text(region), text("All")}, growth_cells(growth.growth())));
  }
  return row + 1;
}

// The sums over trusts stand in the row of England.
struct Beds {
  std::array<double, 3> available{}, occupied{};
  std::vector<Cell> cells() const {
    std::vector<Cell> row;
    for (const double value : available) row.push_back(number(rounded(value, 1)));
    row.push_back({});
    for (const double value : occupied) row.push_back(number(rounded(value, 1)));
    row.push_back({});
    for (std::size_t s = 0; s < 3; ++s)
      row.push_back(available[s] > 0 ? share(rounded(occupied[s], 1) / rounded(available[s], 1)) : text("-"));
    return row;
  }
};

Beds beds_of(const PublishedTrust& trust, const PublishedQuarter& quarter) {
  Beds beds;
  const bool maternity = trust.type == "acute";
  const double all = rounded(quarter.beds, 1), share_of_births = maternity ? 0.05 : 0;
  beds.available = {all, rounded(all - rounded(all * share_of_births, 1), 1), rounded(all * share_of_births, 1)};
  for (std::size_t s = 1; s < 3; ++s) beds.occupied[s] = rounded(beds.available[s] * (s == 1 ? 0.9 : 0.8), 1);
  beds.occupied[0] = beds.occupied[1] + beds.occupied[2];
  return beds;
}

constexpr std::array<const char*, 4> kQuarterEnds = {"June", "September", "December", "March"};
constexpr std::array<const char*, 4> kQuarterDays = {"06-30", "09-30", "12-31", "03-31"};

void put_bed_titles(Sheet& sheet) {
  put(sheet, 3,
      {text(""), text("Title:"), text("Average daily number of available and occupied beds open overnight by sector")});
  put(sheet, 6, {text(""), text("Source:"), text("KH03, simulated by headwater simulate")});
  std::vector<Cell> sections(14),
      header = {text(""), text("Year"), text("Period End"), text("Region Code"), text("Org Code"), text("Org Name")};
  sections[6] = text("Available");
  sections[10] = text("Occupied");
  sections.resize(15);
  sections[14] = text("% Occupied");
  for (int section = 0; section < 3; ++section) {
    for (const char* sector : {"Total", "General & Acute", "Maternity"}) header.push_back(text(sector));
    if (section < 2) header.push_back({});
  }
  put(sheet, 14, std::move(sections));
  put(sheet, 15, std::move(header));
  sheet.merged = {{14, 14, 7, 9}, {14, 14, 11, 13}, {14, 14, 15, 17}};
}

}  // namespace

std::vector<const PublishedQuarter*> PublishedFigures::year_of(std::size_t trust, int year) const {
  std::vector<const PublishedQuarter*> found;
  for (int quarter = 4 * year; quarter < 4 * year + 4; ++quarter) {
    const auto at = quarters[trust].find(quarter);
    if (at == quarters[trust].end()) return {};
    found.push_back(&at->second);
  }
  return found;
}

const std::array<std::pair<const char*, const char*>, 7>& published_regions() {
  static constexpr std::array<std::pair<const char*, const char*>, 7> regions = {{{"Y60", "Midlands"},
                                                                                  {"Y62", "North West"},
                                                                                  {"Y63", "North East and Yorkshire"},
                                                                                  {"Y59", "South East"},
                                                                                  {"Y56", "London"},
                                                                                  {"Y58", "South West"},
                                                                                  {"Y61", "East"}}};
  return regions;
}

std::string year_text(std::int64_t first, char separator) {
  const std::string second = std::to_string(first + 1);
  return std::to_string(first) + separator + second.substr(second.size() - 2);
}

Workbook productivity_workbook(const PublishedFigures& figures, int year, bool final_vintage) {
  Sheet sheet{"Trust level", {}, {}};
  put_growth_titles(sheet, figures, year, final_vintage);
  std::int64_t row = put_growth_totals(sheet, figures, year, final_vintage);
  int count = 0;
  for (std::size_t i = 0; i < figures.trusts.size(); ++i) {
    const PublishedTrust& trust = figures.trusts[i];
    if (figures.year_of(i, year).empty()) continue;
    GrowthOf growth(figures, year, final_vintage);
    std::vector<Cell> cells(3, text("[x]"));
    if (growth.add(i)) {
      const bool marked = static_cast<int>(i) % kProvisionalEvery == year % kProvisionalEvery;
      cells = marked ? marked_growth(growth.growth(), final_vintage ? "r" : "p") : growth_cells(growth.growth());
    }
    put(sheet, row++, beside({text(trust.region), text(trust.code), text(trust.name), text(trust.type)}, cells));
    ++count;
  }
  put(sheet, row + 1, {text("Number of trusts: " + std::to_string(count))});
  put(sheet, row + 2, {text("[p] Provisional figures will be revised in the next publication.")});
  Workbook workbook;
  workbook.sheets.push_back({"Cover", {{1, {text("NHS Productivity Growth Estimates, simulated")}}}, {}});
  workbook.sheets.push_back(std::move(sheet));
  return workbook;
}

Workbook bed_workbook(const PublishedFigures& figures, int quarter) {
  Sheet sheet{"NHS Trust by Sector", {}, {}};
  put_bed_titles(sheet);
  const std::string year = year_text(figures.first_year + quarter / 4, '-'),
                    end = kQuarterEnds[static_cast<std::size_t>(quarter % 4)];
  std::vector<SheetRow> rows;
  Beds england;
  std::int64_t row = 18;
  for (std::size_t i = 0; i < figures.trusts.size(); ++i) {
    const auto found = figures.quarters[i].find(quarter);
    if (found == figures.quarters[i].end()) continue;
    const PublishedTrust& trust = figures.trusts[i];
    const Beds beds = beds_of(trust, found->second);
    for (std::size_t s = 0; s < 3; ++s) {
      england.available[s] += beds.available[s];
      england.occupied[s] += beds.occupied[s];
    }
    const auto region = std::find_if(published_regions().begin(), published_regions().end(),
                                     [&](const auto& known) { return known.second == trust.region; });
    rows.push_back(
        {row++, beside({text(""), text(year), text(end), text(region->first), text(trust.code), text(trust.name)},
                       beds.cells())});
  }
  put(sheet, 16, beside({text(""), text(year), text(end), text(""), text(""), text("England")}, england.cells()));
  sheet.rows.insert(sheet.rows.end(), rows.begin(), rows.end());
  put(sheet, row + 1, {text(""), text("Note: trusts with no overnight beds are shown with zeros.")});
  Workbook workbook;
  workbook.sheets.push_back(std::move(sheet));
  return workbook;
}

Workbook survey_workbook(const PublishedFigures& figures) {
  Workbook workbook;
  for (const auto& [type, name] :
       {std::pair("acute", "Acute&Acute Community Trusts"),
        std::pair("mental_health", "MH&LD, MH, LD&Community Trusts"), std::pair("community", "Community Trusts"),
        std::pair("ambulance", "Ambulance Trusts")}) {
    Sheet sheet{name, {}, {}};
    std::vector<Cell> header = {text("org_id"), text("org_name"), text("org_type_reporting_name")};
    for (int year = 0; year < figures.years; ++year)
      header.push_back(text("theme_engagement_" + std::to_string(figures.first_year + year)));
    put(sheet, 1, std::move(header));
    for (std::size_t i = 0; i < figures.trusts.size(); ++i) {
      if (figures.trusts[i].type != type) continue;
      std::vector<Cell> cells = {text(figures.trusts[i].code), text(figures.trusts[i].name), text(name)};
      for (int year = 0; year < figures.years; ++year) {
        const auto quarters = figures.year_of(i, year);
        const bool few = (static_cast<int>(i) + 7 * year) % kSuppressedEvery == 0;
        cells.push_back(quarters.empty() ? Cell{} : few ? text("*") : number(rounded(quarters[2]->engagement, 6)));
      }
      put(sheet, static_cast<std::int64_t>(sheet.rows.size()) + 1, std::move(cells));
    }
    if (sheet.rows.size() > 1) workbook.sheets.push_back(std::move(sheet));
  }
  return workbook;
}

// By name alone, and names as another office writes them.
Workbook maturity_workbook(const PublishedFigures& figures) {
  Workbook workbook;
  for (int year = 0; year < figures.years; ++year) {
    const std::string first = std::to_string(figures.first_year + year);
    Sheet sheet{"SC - " + first + " Pillar Summary", {}, {}};
    put(sheet, 1, {text("Digital Maturity Assessment, simulated")});
    put(sheet, 11, {text("Organisation"), text("Overall maturity"), text("Well led")});
    for (std::size_t i = 0; i < figures.trusts.size(); ++i) {
      const auto quarters = figures.year_of(i, year);
      if (quarters.empty()) continue;
      std::string name = figures.trusts[i].name;
      if (i % 5 == 1) name = lower(name);
      if (i % 7 == 2) name.erase(2, 1);
      const double score = rounded(quarters[0]->maturity, 2);
      put(sheet, 12 + static_cast<std::int64_t>(i), {text(name), number(score), number(rounded(score + 0.1, 2))});
    }
    put(sheet, 14 + static_cast<std::int64_t>(figures.trusts.size()),
        {text("Unlisted Integrated Care Board"), number(2.5), number(2.6)});
    workbook.sheets.push_back(std::move(sheet));
  }
  return workbook;
}

std::string estates_csv(const PublishedFigures& figures, int year) {
  std::string out =
      "Trust Code,Trust Name,Trust Type,Gross internal floor area (m\xB2),Cost to eradicate high risk backlog (\xA3),"
      "Investment to reduce backlog maintenance (\xA3)\n";
  for (std::size_t i = 0; i < figures.trusts.size(); ++i) {
    const auto quarters = figures.year_of(i, year);
    if (quarters.empty()) continue;
    const auto area = static_cast<long long>(std::llround(quarters[0]->capital * 0.4));
    const std::string backlog =
        static_cast<int>(i) % kNotApplicableEvery == 0 ? "Not Applicable" : "\"" + thousands(area * 37) + "\"";
    out += figures.trusts[i].code + "," + figures.trusts[i].name + "," + figures.trusts[i].type + ",\"" +
           thousands(area) + "\"," + backlog + ",\"" + thousands(area * 12) + "\"\n";
  }
  return out;
}

std::string workforce_csv(const PublishedFigures& figures) {
  std::string out =
      "Date,NHSE_Region_Code,NHSE_Region_Name,Org Code,Org Name,Cluster Group,Benchmark Group,Staff Group Sort "
      "Order,Staff Group,"
      "Data Type,Total\n";
  const std::array<std::pair<const char*, double>, 3> groups = {
      {{"All staff groups", 1.0}, {"HCHS Doctors", 0.12}, {"Nurses & health visitors", 0.3}}};
  for (int quarter = 0; quarter < 4 * figures.years; ++quarter)
    for (std::size_t i = 0; i < figures.trusts.size(); ++i) {
      const auto found = figures.quarters[i].find(quarter);
      if (found == figures.quarters[i].end()) continue;
      const PublishedTrust& trust = figures.trusts[i];
      const std::int64_t year = figures.first_year + quarter / 4 + (quarter % 4 == 3 ? 1 : 0);
      for (std::size_t g = 0; g < groups.size(); ++g)
        for (const auto& [kind, heads] : {std::pair("FTE", 1.0), std::pair("HC", 1.15)})
          out += std::to_string(year) + "-" + kQuarterDays[static_cast<std::size_t>(quarter % 4)] + ",," +
                 trust.region + "," + trust.code + "," + trust.name + "," + trust.type + "," + trust.type + "," +
                 std::to_string(g) + "," + groups[g].first + "," + kind + "," +
                 fixed(found->second.fte * groups[g].second * heads, 4) + "\n";
    }
  return out;
}

}  // namespace headwater
