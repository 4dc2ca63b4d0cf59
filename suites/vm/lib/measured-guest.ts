import { packetModules, packetPrograms } from './measure-packets.ts'
import { ratePrograms } from './measure-rate.ts'
import { roundTripPrograms } from './measure-round-trips.ts'
import { constrainedGuest } from './tc.ts'

/** Guest whose links can be constrained and measured, from either end. */
export const measuredGuest = {
  packages: constrainedGuest.packages,
  modules: [...constrainedGuest.modules, ...packetModules],
  files: { ...roundTripPrograms, ...packetPrograms, ...ratePrograms },
}
