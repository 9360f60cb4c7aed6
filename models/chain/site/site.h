// What all parts of a site share: the tables, who is up, what playbooks have changed, its frames,
// its mail, who is followed.
#pragma once

#include <cstdint>
#include <string>

#include "base/random.h"
#include "models/chain/control/levers.h"
#include "models/chain/frames/frames.h"
#include "models/chain/frames/slab.h"
#include "models/chain/incidents/health.h"
#include "models/chain/plan/plan.h"
#include "models/chain/site/mail.h"
#include "models/chain/traces/traces.h"

namespace springtide::models::chain {

struct Site {
  Site(const Plan& whole, std::uint32_t its_number)
      : plan(whole),
        number(its_number),
        health(whole),
        levers(whole),
        traces(whole, stream("traces")) {}

  // A stream of this site; with one site, of the scenario.
  Stream stream(const std::string& name) const {
    const std::string& site = plan.sites[number];
    return Stream(plan.seed, site.empty() ? name : "sites/" + site + "/" + name);
  }
  const Step& step(std::uint32_t number_of_step) const { return plan.steps[number_of_step]; }

  const Plan& plan;
  std::uint32_t number;
  Health health;
  Levers levers;
  Slab<Call> calls;
  Slab<Task> tasks;
  Mail mail;
  Traces traces;
};

}  // namespace springtide::models::chain
