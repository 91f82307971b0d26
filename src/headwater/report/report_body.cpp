// The report without scripts: main points, what each number is about, what cannot be said, and every table.
#include <algorithm>

#include "headwater/core/text.hpp"
#include "headwater/report/grid_book.hpp"
#include "headwater/report/grids.hpp"
#include "headwater/report/main_points.hpp"
#include "headwater/report/payload_parts.hpp"

namespace headwater {
namespace {

std::string caption(const PayloadContext& c, const std::string& key) {
  const auto found = c.captions.find(key);
  return found == c.captions.end() ? "" : html_text(found->second);
}

std::string title_of_report(const PayloadContext& c) {
  if (const std::string own = caption(c, "title"); !own.empty()) return own;
  const Tree* fits = c.result.find_child("fits");
  const bool any = fits && !fits->children.empty() && (!c.publish() || shown_fit(c, fits->children.front()));
  const std::string title = any ? text_attribute(fits->children.front(), "title") : "";
  return title.empty() ? caption(c, "measure") : html_text(title);
}

std::string tag(const std::string& colour, const std::string& words) {
  return "<strong class=\"nhsuk-tag nhsuk-tag--" + colour + "\">" + words + "</strong>\n";
}

std::string banner_html(const PayloadContext& c) {
  return "<header class=\"hw-banner\"><div class=\"nhsuk-width-container hw-width\">\n<p class=\"hw-banner__tags\">" +
         tag("white", caption(c, "status")) +
         (simulated_notice(c.result).empty() ? "" : tag("yellow", "Simulated data")) +
         (c.publish() ? "" : tag("red", "Internal: single trusts are named")) +
         "</p>\n<h1 class=\"hw-banner__title\">" + title_of_report(c) + "</h1>\n<p class=\"hw-banner__measure\">" +
         caption(c, "measure") + "</p></div></header>\n";
}

std::string bullets(const std::vector<std::string>& items) {
  std::string out = "<ul class=\"nhsuk-list nhsuk-list--bullet\">\n";
  for (const std::string& item : items) out += "<li>" + html_text(item) + "</li>\n";
  return items.empty() ? "" : out + "</ul>\n";
}

std::string points_html(const MainPoints& found) {
  if (found.points.empty() && found.headline.empty()) return "";
  return std::string("<section class=\"hw-points\"><h2>Main points") +
         (found.points_by_author ? ", in the author’s words" : "") + "</h2>\n" +
         (found.headline.empty()
              ? ""
              : "<p class=\"hw-headline\">" + html_text(found.headline) +
                    (found.headline_by_author ? " <small>(the author’s words)</small>" : "") + "</p>\n") +
         bullets(found.points) + "</section>\n";
}

std::string about_html(const PayloadContext& c) {
  std::string out = "<dl class=\"nhsuk-summary-list\">\n";
  for (const auto& [key, words] :
       {std::pair("status", "Status of the measure"), std::pair("population", "Population"),
        std::pair("source", "Source"), std::pair("vintage", "Vintage"), std::pair("commissioner", "Commissioner"),
        std::pair("author", "Author"), std::pair("assurer", "Assurer"), std::pair("review_date", "Review date")})
    out += "<div class=\"nhsuk-summary-list__row\"><dt class=\"nhsuk-summary-list__key\">" + std::string(words) +
           "</dt><dd class=\"nhsuk-summary-list__value\">" + caption(c, key) + "</dd></div>\n";
  return out + "</dl>\n";
}

// The result with what may be shown of it.
Tree shown_result(const PayloadContext& c) {
  Tree shown = c.result;
  for (const char* group : {"fits", "decompositions"})
    if (shown.find_child(group)) {
      auto& children = shown.child(group).children;
      if (group == std::string("fits"))
        std::erase_if(children, [&](const Tree& fit) { return c.publish() && !shown_fit(c, fit); });
      else
        for (Tree& fit : children)
          std::erase_if(fit.children, [&](const Tree& d) { return !shown_decomposition(c, d); });
    }
  return shown;
}

// The last door: no text of a published table names a unit.
void take_names_out(GridBook& book, const UnitNames& units) {
  const auto clean = [&](std::string& text) {
    if (units.stands_in(text)) text = units.without_names(text);
  };
  for (Grid& grid : book.grids) {
    clean(grid.title);
    for (auto* texts : {&grid.lead, &grid.notes})
      for (std::string& text : *texts) clean(text);
    for (GridColumn& column : grid.columns) clean(column.heading);
    for (GridRow& row : grid.rows) {
      clean(row.name);
      for (GridCell& cell : row.cells) clean(cell.text);
    }
  }
}

std::string tables_html(const PayloadContext& c, Form form) {
  BookOptions options;
  options.what = form == Form::summary ? TableWhat::coefficients : TableWhat::all;
  options.extras = false;
  options.full_notes = form == Form::full;
  if (const auto names = c.captions.find("names"); names != c.captions.end()) options.names = names->second;
  GridBook book = grid_book(shown_result(c), options);
  if (c.publish()) take_names_out(book, c.units);
  return "<h2>Tables</h2>\n" + html_of_tables(book);
}

std::string limits_html(const PayloadContext& c) {
  std::vector<std::string> items;
  for (const auto& [key, words] : {std::pair("limits", "These data do not speak about: ")})
    if (const std::string text = caption(c, key); !text.empty()) items.push_back(words + c.captions.at(key));
  items.emplace_back(
      "These are associations: what was seen together, each driver given the others in the model. They do not say what "
      "would happen if a driver were changed.");
  items.push_back("Estimand: " + c.captions.at("estimand") + ". Weights: " + c.captions.at("weights") + ".");
  return "<h2>What the data can and cannot say</h2>\n" + bullets(items);
}

}  // namespace

std::string report_body(const Tree& result, Audience audience, const Captions& captions, Form form) {
  const PayloadContext c = payload_context(result, audience, captions);
  MainPoints found = main_points(c);
  if (c.publish())
    for (std::string& point : found.points)
      if (c.units.stands_in(point)) point = c.units.without_names(point);
  return banner_html(c) +
         "<div class=\"nhsuk-width-container hw-width\"><main class=\"nhsuk-main-wrapper hw-main\" id=\"main\">\n" +
         points_html(found) + about_html(c) + limits_html(c) + tables_html(c, form) + "</main></div>\n";
}

}  // namespace headwater
