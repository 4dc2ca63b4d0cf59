export { createDriverLogReader, type DriverLogReader } from './driver-log-reader.ts'
export { createLogFileReader, type LogFileReader } from './log-file-reader.ts'
export type { OnTest } from './test-streams.ts'
