export type { DiagnosisRow, LibraryStatus } from './diagnosis.ts';
export { runDoctor } from './run.ts';
export type { DoctorPorts } from './run.ts';
