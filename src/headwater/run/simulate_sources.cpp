#include "headwater/run/simulate_sources.hpp"

#include <algorithm>
#include <array>
#include <map>

#include "headwater/core/error.hpp"
#include "headwater/panel/period.hpp"
#include "headwater/run/published_layouts.hpp"

namespace headwater {
namespace {

constexpr std::array<const char*, 23> kFirstParts = {
    "Ash",    "Beck", "Carr", "Dene",  "Elm",  "Fen",   "Glen",  "Hazel",  "Ivel", "Kirk", "Lark",  "Mere",
    "Nether", "Oak",  "Pen",  "Quarn", "Rush", "Stone", "Thorn", "Upper ", "Vale", "Wick", "Yarrow"};
constexpr std::array<const char*, 23> kSecondParts = {
    "ford", "ham",  "stead", "bury",   "combe", "wick",    "mouth", "field", "worth",  "bridge", "ley", "marsh",
    "hill", "port", "dale",  "thorpe", "cross", "minster", "holme", "gate",  "barrow", "wold",   "shaw"};

std::string invented_name(std::size_t i, const std::string& type) {
  const std::string place =
      std::string(kFirstParts[i % kFirstParts.size()]) + kSecondParts[(i / kFirstParts.size()) % kSecondParts.size()];
  if (type == "acute") return place + " Hospitals NHS Foundation Trust";
  if (type == "ambulance") return place + " Ambulance Service NHS Trust";
  return place + (type == "community" ? " Community NHS Trust" : " Mental Health NHS Foundation Trust");
}

class SimulatedFigures {
 public:
  SimulatedFigures(const SimulatedPanel& panel, const SimulationOptions& options) : panel_(panel) {
    figures_.first_year = options.first_quarter / 4;
    figures_.years = options.quarters / 4;
    for (Index row = 0; row < panel.columns.front().size(); ++row) add(row, options);
  }
  PublishedFigures& figures() { return figures_; }

 private:
  const Column& column(const std::string& name) const {
    return *std::find_if(panel_.columns.begin(), panel_.columns.end(), [&](const Column& c) { return c.name == name; });
  }
  std::string word(const std::string& name, Index row) const {
    const Column& from = column(name);
    return from.levels[static_cast<std::size_t>(from.codes[static_cast<std::size_t>(row)])];
  }
  double value(const std::string& name, Index row) const { return column(name).numbers(row); }

  void add(Index row, const SimulationOptions& options) {
    const std::string code = word("trust", row);
    const auto [known, fresh] = position_.try_emplace(code, figures_.trusts.size());
    if (fresh) {
      const std::string type = word("type", row);
      figures_.trusts.push_back({code, invented_name(known->second, type), type, word("region", row)});
      figures_.quarters.emplace_back();
    }
    const auto quarter = static_cast<int>(parse_period(word("quarter", row))->ordinal - options.first_quarter);
    figures_.quarters[known->second][quarter] = {value("activity", row),      value("activity_first_published", row),
                                                 value("resource", row),      value("fte", row),
                                                 value("capital_stock", row), value("beds", row),
                                                 value("engagement", row),    value("dma", row)};
  }

  const SimulatedPanel& panel_;
  PublishedFigures figures_;
  std::map<std::string, std::size_t> position_;
};

std::string succession_csv(const SimulatedPanel& panel) {
  constexpr std::string_view kTaken = "taken over by ";
  std::string out = "old_code,new_code,date,policy\n";
  for (const TruthRow& row : panel.truth)
    if (row.name.starts_with(kTaken))
      out += row.unit + "," + row.name.substr(kTaken.size()) + "," + row.period + ",break\n";
  return out;
}

constexpr const char* kStudy =
    R"(# Does the growth of productivity go with beds, staff, engagement and digital maturity? Simulated publications, joined: written
# by headwater simulate --sources.
[data]
succession = succession.csv
simulated  = yes
vintage    = latest

[source growth]
file = productivity-*.xlsx
frequency = financial_year

[source beds]
file = kh03-*.xlsx
join = mean
[columns beds]
beds      = Available: Total
occupancy = % Occupied: Total

[source staff]
file = workforce.csv
join = last
[columns staff]
fte     = All staff groups: FTE
doctors = HCHS Doctors: FTE

[source estate]
file   = eric_*.csv
period = {file}
[columns estate]
floor_area = Gross internal floor area (m²)
backlog    = Cost to eradicate high risk backlog (£)

[source survey]
file = staff-survey.xlsx
[columns survey]
engagement = theme_engagement

[source digital]
file      = digital-maturity.xlsx
sheet     = SC - * Pillar Summary
header    = Organisation, Overall maturity
unit      = Organisation
match     = 0.9
period    = {sheet}
frequency = financial_year
[columns digital]
dma = Overall maturity

[model growth]
title   = What goes with the growth of productivity
formula = productivity_growth ~ log(beds) + log(fte) + engagement + dma | unit + period
[driver growth]
capital   = log(beds)
workforce = log(fte) + engagement
digital   = dma

[output]
result = study.h5
)";

}  // namespace

std::vector<std::pair<std::string, std::string>> simulated_sources(const SimulationOptions& options) {
  if (options.quarters < 8)
    throw Error(ErrorKind::usage, "simulate.size",
                "growth on the year before needs 8 quarters; " + std::to_string(options.quarters) + " were asked for",
                {.key = "quarters"});
  const SimulatedPanel panel = simulate(options);
  SimulatedFigures simulated(panel, options);
  const PublishedFigures& figures = simulated.figures();
  std::vector<std::pair<std::string, std::string>> files;
  for (int year = 1; year < figures.years; ++year)
    for (const bool final_vintage : {false, true})
      files.emplace_back("productivity-" + year_text(figures.first_year + year, '-') +
                             (final_vintage ? "-final" : "-provisional") + ".xlsx",
                         xlsx_bytes(productivity_workbook(figures, year, final_vintage)));
  for (int quarter = 0; quarter < 4 * figures.years; ++quarter)
    files.emplace_back(
        "kh03-" + year_text(figures.first_year + quarter / 4, '-') + "-Q" + std::to_string(quarter % 4 + 1) + ".xlsx",
        xlsx_bytes(bed_workbook(figures, quarter)));
  for (int year = 0; year < figures.years; ++year)
    files.emplace_back("eric_" + year_text(figures.first_year + year, '-') + ".csv", estates_csv(figures, year));
  files.emplace_back("workforce.csv", workforce_csv(figures));
  files.emplace_back("staff-survey.xlsx", xlsx_bytes(survey_workbook(figures)));
  files.emplace_back("digital-maturity.xlsx", xlsx_bytes(maturity_workbook(figures)));
  files.emplace_back("succession.csv", succession_csv(panel));
  files.emplace_back("study.cfg", kStudy);
  return files;
}

}  // namespace headwater
