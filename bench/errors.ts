import { benchmarkOfParts } from './lib/bench.ts';
import { shapeSpeedRows } from './lib/errors/grouping/shape-speed.ts';
import { groupingRows } from './lib/errors/grouping/grouping.ts';
import { agentRows } from './lib/errors/agent.ts';
import { causeRows } from './lib/errors/cause.ts';
import { formatRows } from './lib/errors/formats.ts';
import { fuzzRows } from './lib/errors/fuzz.ts';
import { ingestMemoryRows } from './lib/errors/ingest-memory.ts';
import { ingestResumeRows } from './lib/errors/ingest-resume.ts';
import { ingestSpeedRows } from './lib/errors/ingest-speed.ts';
import { exceptionRows } from './lib/errors/exceptions.ts';
import { detectionRows } from './lib/errors/detection.ts';
import { rotationRows } from './lib/errors/rotation.ts';

export const benchmark = benchmarkOfParts({
  name: 'errors',
  summary:
    'The error-analyzer beside its peers: grouping, exceptions, speed, memory, rotation, detection, causes',
  parts: {
    'shape-speed': shapeSpeedRows,
    grouping: groupingRows,
    speed: ingestSpeedRows,
    memory: ingestMemoryRows,
    resume: ingestResumeRows,
    exceptions: exceptionRows,
    rotation: rotationRows,
    fuzz: fuzzRows,
    cause: causeRows,
    formats: formatRows,
    detection: detectionRows,
    agent: agentRows,
  },
});
