// For tests: answers questions about figures, so that another program can hold the answers against its own.
// Each line of standard input is a word, its arguments, a colon, and figures (of two series with "|" in between); each
// line of output is the answer's numbers.
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "core/compare/blocks.hpp"
#include "core/compare/statistics/distributions.hpp"
#include "core/compare/statistics/dominance.hpp"
#include "core/compare/statistics/holm.hpp"
#include "core/compare/statistics/interval.hpp"
#include "core/compare/statistics/permutation.hpp"
#include "core/compare/statistics/quantiles.hpp"
#include "core/compare/statistics/trend.hpp"
#include "core/compare/statistics/unpaired.hpp"

namespace slipway::compare {
namespace {

using Numbers = std::vector<double>;

struct Question {
  std::vector<std::string> arguments{};
  Numbers figures{};
  Numbers others{};
};

double number(const Question& question, std::size_t position) { return std::stod(question.arguments.at(position)); }

std::uint64_t whole(const Question& question, std::size_t position) {
  return std::stoull(question.arguments.at(position));
}

Numbers interval(const Question& question) {
  const Interval found = median_interval(question.figures, number(question, 0)).value();
  return {found.low, found.high, found.coverage};
}

Numbers sign_flip(const Question& question) {
  const Flips flips{.all_up_to = whole(question, 0), .most = whole(question, 1), .seed = whole(question, 2)};
  return {sign_flip_test(question.figures, flips).p};
}

Numbers trend(const Question& question) {
  const MannKendall found = mann_kendall(question.figures);
  return {static_cast<double>(found.s), found.tau, found.variance, found.p};
}

Numbers unpaired(const Question& question) {
  const MannWhitney test = mann_whitney(question.figures, question.others);
  const Shift shift = difference_between(question.figures, question.others, 0.95);
  return {test.u, test.p, shift.middle, shift.interval.low, shift.interval.high};
}

Numbers order(const Question& question) {
  const auto found = order_of_block(whole(question, 0), whole(question, 1), whole(question, 2));
  return {found.begin(), found.end()};
}

const std::map<std::string, std::function<Numbers(const Question&)>>& answers() {
  static const std::map<std::string, std::function<Numbers(const Question&)>> kAnswers = {
      {"quantile", [](const Question& q) { return Numbers{quantile(q.figures, number(q, 0))}; }},
      {"mad", [](const Question& q) { return Numbers{median_absolute_deviation(q.figures)}; }},
      {"interval", interval},
      {"signed_ranks", [](const Question& q) { return signed_ranks(q.figures); }},
      {"sign_flip", sign_flip},
      {"holm", [](const Question& q) { return holm(q.figures); }},
      {"delta", [](const Question& q) { return Numbers{cliffs_delta(q.figures, q.others).value()}; }},
      {"unpaired", unpaired},
      {"trend", trend},
      {"change_point", [](const Question& q) { return Numbers{static_cast<double>(change_point(q.figures))}; }},
      {"order", order},
      {"normal",
       [](const Question& q) {
         return Numbers{normal_below(number(q, 0)), normal_quantile(number(q, 1))};
       }},
  };
  return kAnswers;
}

Question read(std::istringstream& line) {
  Question question;
  std::string word;
  while (line >> word && word != ":") question.arguments.push_back(word);
  while (line >> word && word != "|") question.figures.push_back(std::stod(word));
  while (line >> word) question.others.push_back(std::stod(word));
  return question;
}

void answer_all() {
  for (std::string text; std::getline(std::cin, text);) {
    std::istringstream line(text);
    std::string word;
    line >> word;
    for (const double found : answers().at(word)(read(line))) std::printf("%.17g ", found);
    std::puts("");
  }
}

}  // namespace
}  // namespace slipway::compare

int main() {
  try {
    slipway::compare::answer_all();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 1;
  }
}
