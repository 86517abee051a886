// Fails the build when the JavaScript that joining needs (what index.html and the pre-join page load) grows beyond its budget.
import { gzipSync } from 'node:zlib';

// Loaded on demand from the pre-join page on: the call itself is needed only once somebody has joined.
const joiningModules = [
  /\/src\/main\.tsx$/,
  /\/features\/home\/HomePage\.tsx$/,
  /\/features\/meeting\/MeetingPage\.tsx$/,
  /\/i18n\/ru\.json$/,
];

/** @param {{ maxGzipKilobytes: number }} options @returns {import('vite').Plugin} */
export function joiningBudget({ maxGzipKilobytes }) {
  return {
    name: 'joining-budget',
    apply: 'build',
    generateBundle(_, bundle) {
      const chunks = Object.values(bundle).filter((part) => part.type === 'chunk');
      const needed = new Map();
      const add = (chunk) => {
        if (!chunk || needed.has(chunk.fileName)) return;
        needed.set(chunk.fileName, gzipSync(chunk.code).length);
        chunk.imports.forEach((name) => add(bundle[name]));
      };
      chunks
        .filter((chunk) => chunk.isEntry || joiningModules.some((pattern) => pattern.test(chunk.facadeModuleId ?? '')))
        .forEach(add);
      const kilobytes = [...needed.values()].reduce((sum, size) => sum + size, 0) / 1024;
      const list = [...needed].map(([name, size]) => `  ${name} ${(size / 1024).toFixed(1)}`).join('\n');
      if (kilobytes > maxGzipKilobytes) {
        this.error(
          `JavaScript for joining is ${kilobytes.toFixed(1)} KB gzipped, more than ${maxGzipKilobytes} KB:\n${list}`,
        );
      }
      this.info(`JavaScript for joining: ${kilobytes.toFixed(1)} of ${maxGzipKilobytes} KB gzipped`);
    },
  };
}
