// Figures, differences and verdicts as readers get them. Knows nothing of tables and pages.
#pragma once

#include <optional>
#include <string>

#include "core/compare/outcome/measures.hpp"
#include "core/compare/statistics/interval.hpp"
#include "core/compare/statistics/verdict.hpp"

namespace slipway::compare {

/// "4.712 ms", "1.3 MiB", "12"; "-" of what is no number.
std::string in_words(double figure, Unit unit);
/// "4.1 to 4.9 ms".
std::string span_in_words(double low, double high, Unit unit);
/// The same with its sign: "+0.31 ms".
std::string difference_in_words(double difference, Unit unit);
/// "+0.21 to +0.40 ms"; "-" of none.
std::string difference_in_words(const std::optional<Interval>& interval, Unit unit);

/// What a ratio is more or less than 1: "+3.2 %", "-48 %", from 2 on "3.1 times".
std::string ratio_in_words(double ratio);
std::string ratio_in_words(const std::optional<Interval>& interval);

/// 0.0123 as "1.23 %".
std::string part_in_words(double part);
/// "0.0021", "< 0.0001".
std::string p_in_words(double p);

/// A verdict in the words of what is measured: memory is not faster, it is less.
std::string verdict_in_words(Verdict verdict, double same_within, Unit unit);

}  // namespace slipway::compare
