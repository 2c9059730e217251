#include "core/compare/report/html/page.hpp"

#include "core/compare/report/export.hpp"
#include "core/compare/report/html/plot.hpp"
#include "core/compare/report/html/style.hpp"
#include "core/compare/report/html/text.hpp"

namespace slipway::compare {
namespace {

using namespace html;

struct Part {
  std::string id{};
  std::string title{};  ///< HTML
  std::string content{};
};

/// Nothing is loaded, run or sent, whatever the page should hold: Content Security Policy Level 3,
/// https://www.w3.org/TR/CSP3/.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

std::string head_of(const std::string& title) {
  std::string head = R"(<meta charset="utf-8">)"
                     "\n<meta http-equiv=\"Content-Security-Policy\" content=\"" +
                     std::string(kPolicy) + "\">\n";
  head += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
  head += "<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n";
  return element("head", "\n" + head + element("title", title) + "\n" + element("style", std::string(kStyle)) + "\n");
}

std::vector<Part> parts_of(const Outcome& outcome) {
  std::vector<Part> all;
  const std::vector<Findings> found = find_all(outcome);
  const std::string nothing = element("p", "No run has any figure that was asked for.") + "\n";
  all.push_back({"verdicts", "Verdicts", found.empty() ? nothing : verdicts(outcome, found.front())});
  for (std::size_t i = 0; i < found.size(); ++i)
    all.push_back({"measure-" + std::to_string(i), name(found[i].measure), measure(outcome, found[i])});
  const std::string spans = parts(outcome, "span"), stages = parts(outcome, "stage");
  if (!spans.empty() || !stages.empty()) all.push_back({"parts", "Where the time goes", spans + stages});
  all.push_back({"variants", "Variants", pipelines(outcome)});
  all.push_back({"environment", "Environment", environment(outcome)});
  std::vector<std::string> notes;
  for (const std::string& note : outcome.notes) notes.push_back(escaped(note));
  if (!notes.empty()) all.push_back({"notes", "Notes", list_of(notes)});
  if (!outcome.experiment.empty())
    all.push_back({"experiment", "Experiment", element("pre", escaped_lines(outcome.experiment))});
  return all;
}

}  // namespace

std::string to_html(const Outcome& outcome) {
  const std::string& baseline = outcome.variants[outcome.baseline].variant.name;
  std::string body = element("h1", "Comparison with " + name(baseline)) + "\n";
  body += element("p", {{"class", "quiet"}},
                  escaped(made_in_words(outcome)) + ". Begun " + escaped(outcome.begun) + ", slipway " +
                      escaped(outcome.slipway) + ".") +
          "\n";
  std::vector<std::string> links;
  std::string sections;
  for (const Part& part : parts_of(outcome)) {
    links.push_back(element("a", {{"href", "#" + part.id}}, part.title));
    sections += section(part.id, 2, part.title, part.content);
  }
  body += element("nav", {{"aria-label", "sections"}}, "\n" + list_of(links)) + "\n" +
          element("main", "\n" + sections) + "\n";
  return "<!DOCTYPE html>\n" +
         element("html", {{"lang", "en"}},
                 "\n" + head_of("Comparison with " + escaped(baseline)) + "\n" + element("body", "\n" + body) + "\n") +
         "\n";
}

}  // namespace slipway::compare
