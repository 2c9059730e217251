// Data sets with published answers, for tests of several files.
#pragma once

#include <vector>

namespace slipway::compare {

/// H. V. Henderson and P. F. Velleman, "Building Multiple Regression Models Interactively", Biometrics 37, 1981,
/// pp. 391-411: miles a gallon and horsepower of 32 cars (R's data set mtcars).
inline const std::vector<double> kMilesAGallon = {21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8,
                                                  16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5,
                                                  15.2, 13.3, 19.2, 27.3, 26.0, 30.4, 15.8, 19.7, 15.0, 21.4};
inline const std::vector<double> kHorsepower = {110, 110, 93,  110, 175, 105, 245, 62,  95,  123, 123,
                                                180, 180, 180, 205, 215, 230, 66,  52,  65,  97,  150,
                                                150, 245, 175, 66,  91,  113, 264, 175, 335, 109};

/// C. Darwin's maize, the crossed plant's height less the self-fertilised one's in eighths of an inch: R. A. Fisher,
/// "The Design of Experiments", Oliver and Boyd, 1935, chapter III.
inline const std::vector<double> kDarwin = {49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48};

/// M. Hollander and D. A. Wolfe, "Nonparametric Statistical Methods", Wiley, 1973: depression before and after (pp.
/// 29f.), permeability of membranes (pp. 69f.), lightness of tuna by its assessments (pp. 185f.).
inline const std::vector<double> kDepressionBefore = {1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30};
inline const std::vector<double> kDepressionAfter = {0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29};
inline const std::vector<double> kMembranesAtTerm = {0.80, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46};
inline const std::vector<double> kMembranesEarly = {1.15, 0.88, 0.90, 0.74, 1.21};
inline const std::vector<double> kTunaByLightness = {2.5, 4.0, 2.6, 3.6, 2.8, 3.1, 5.2, 5.0, 3.8};

/// The Nile's yearly flow at Aswan from 1871 to 1970, which changed in 1898: G. W. Cobb, "The Problem of the Nile",
/// Biometrika 65, 1978, pp. 243-251.
inline const std::vector<double> kNile = {
    1120, 1160, 963,  1210, 1160, 1160, 813,  1230, 1370, 1140, 995,  935,  1110, 994, 1020, 960,  1180,
    799,  958,  1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774,  840,  874, 694,  940,  833,
    701,  916,  692,  1020, 1050, 969,  831,  726,  456,  824,  702,  1120, 1100, 832, 764,  821,  768,
    845,  864,  862,  698,  845,  744,  796,  1040, 759,  781,  865,  845,  944,  984, 897,  822,  1010,
    771,  676,  649,  846,  812,  742,  801,  1040, 860,  874,  848,  890,  744,  749, 838,  1050, 918,
    986,  797,  923,  975,  815,  1020, 906,  901,  1170, 912,  746,  919,  718,  714, 740};

}  // namespace slipway::compare
