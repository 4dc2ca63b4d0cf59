export { createDriverLogReader, type DriverLogReader } from './driver-log-reader.ts'
