#include "spec/scenario_checks.h"
namespace springtide::spec {
void check_scenario(const Scenario&, const Document&, Diagnostics&) {}
}  // namespace springtide::spec
