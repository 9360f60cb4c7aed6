#include "models/station/clients/users.h"

namespace springtide::models::station {

void Users::start(sim::Context& context) {
  for (std::int64_t i = 0; i < plan_.users; ++i) think(context);
}

void Users::handle(sim::Context& context, const sim::Event& event) {
  switch (what_of(event)) {
    case What::answer: outcomes_.answer(context.now(), request_of(event)); break;
    case What::refusal: outcomes_.refusal(context.now(), request_of(event)); break;
    default: return ask(context);
  }
  think(context);
}

void Users::think(sim::Context& context) {
  const Instant at = context.now() + plan_.think.sample(stream_);
  if (at < offers_.window.end) context.schedule(at, pack(entity_, What::timer, 0));
}

void Users::ask(sim::Context& context) {
  offers_.add(context.now());
  leg_->transmit(context, context.now(), What::request, {context.now(), 0, first_});
}

}  // namespace springtide::models::station
