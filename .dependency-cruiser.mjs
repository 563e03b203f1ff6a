// The layers: lower never imports higher.
// kernel/{domain,adverts,scans,credentials} <- kernel/protocol <- {node | ui} <- the processes <- cli, simulator, test
const processes = ['edge', 'firmware-bridge', 'kiosk', 'handheld', 'phone', 'hq'];
const browserCode = '^(ui|kiosk/renderer|handheld|phone|hq/console)/';
const above = '^(cli|simulator|bench|scripts|test)/';

/** A rule with the text of what to do instead. */
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });
const npm = (names) => `(^|/)node_modules/(${names})/`;

/** A package with one home: everything outside `home`, `main.ts`, tests and benches goes through it. */
const oneImporter = (packages, home, instead) =>
  forbid(
    `${packages.split('|')[0]}-in-its-place`,
    instead,
    { pathNot: `(${home}|^[^/]+/main\\.ts$|^test/|^bench/)` },
    { path: npm(packages) },
  );

const standsAlone = processes.map((name) =>
  forbid(
    `${name}-stands-alone`,
    'Processes meet in kernel/protocol: put the shared schema there, shared Node code in node/, shared screens in ui/.',
    { path: `^${name}/` },
    { path: `^(${processes.filter((other) => other !== name).join('|')})/` },
  ),
);

export default {
  forbidden: [
    forbid(
      'no-circular',
      'Move what both need into a third file below them, or pass it as an argument.',
      {},
      { circular: true },
    ),
    forbid(
      'no-unresolvable',
      'The import leads nowhere: correct the path, or add the package to package.json at its pin.',
      {},
      { couldNotResolve: true },
    ),
    forbid(
      'kernel-is-pure',
      'Take the effect (clock, randomness, crypto, files) as an argument or a port; bind it in node/ or ui/.',
      { path: '^kernel/' },
      { pathNot: `(^kernel/|${npm('zod|pure-rand')})` },
    ),
    forbid(
      'domain-below-protocol',
      'The wire is made of the domain, not the other way round: move the type down into kernel/domain.',
      { path: '^kernel/(domain|adverts|scans|credentials)/' },
      { path: '^kernel/protocol/' },
    ),
    ...standsAlone,
    forbid(
      'shared-code-below-processes',
      'node/ and ui/ serve every process and know none: pass in what they need.',
      { path: '^(node|ui)/' },
      { path: `^(${processes.join('|')})/` },
    ),
    forbid(
      'node-and-ui-apart',
      'Code for both Node and browsers belongs in kernel/.',
      { path: '^(node|ui)/' },
      { path: '^(node|ui)/', pathNot: '^$1/' },
    ),
    forbid(
      'nothing-below-the-top',
      'cli, simulator, bench and scripts stand above the processes: move the shared part down.',
      { pathNot: `(${above}|^bin/|^[^/]+\\.config\\.ts$)` },
      { path: '^(cli|simulator|bench|scripts)/' },
    ),
    forbid(
      'nothing-depends-on-tests',
      'Production code must run without test/: move the shared part into the folder that owns it.',
      { pathNot: '^(test|bench)/' },
      { path: '^test/' },
    ),
    forbid(
      'rules-do-not-know-transports',
      'A use-case names a port; the transport or repository implements it and main.ts binds the two.',
      {
        path: '^(edge/(recognition|presence|engagement|offers|redemption|consent|sync|devices)|hq/(profiles|offers|publishing|ingest|privacy|results))/',
      },
      {
        path: `(^(edge|hq)/(http|realtime|db)/|${npm('express|socket\\.io|better-sqlite3|kysely')})`,
      },
    ),
    forbid(
      'transports-do-not-know-sql',
      'Ask a use-case; it asks its repository port.',
      { path: '^(edge|hq)/(http|realtime)/' },
      { path: '^(edge|hq)/db/' },
    ),
    oneImporter(
      'better-sqlite3',
      '^(edge|hq)/db/',
      'SQLite lives in edge/db and hq/db: add a repository there.',
    ),
    oneImporter(
      'serialport|@serialport',
      '^firmware-bridge/serial/',
      'Serial ports live in firmware-bridge/serial: use its source port.',
    ),
    oneImporter(
      'node-ble|@jellybrick/dbus-next|dbus-next',
      '^firmware-bridge/ble/',
      'BlueZ and D-Bus live in firmware-bridge/ble: use its source port.',
    ),
    oneImporter(
      'aedes|mqtt',
      '^firmware-bridge/gateways/',
      'MQTT lives in firmware-bridge/gateways: use its source port.',
    ),
    oneImporter(
      'electron',
      '^kiosk/(main|preload)/',
      'Electron is the kiosk shell: the pages reach it through the preload bridge only.',
    ),
    oneImporter('bwip-js', '^node/', 'Codes to print are made in node/code-svg.ts.'),
    forbid(
      'renderer-is-a-browser',
      'Pages run in stock Chromium: use web platform APIs, or ask the edge or HQ over the wire.',
      { path: browserCode },
      {
        path: `(^kiosk/(main|preload)/|^node/|^hq/(?!console/)|${npm('electron|express|better-sqlite3')})`,
      },
    ),
    forbid(
      'no-node-core-in-a-browser',
      'Pages run in stock Chromium: use web platform APIs, or ask the edge or HQ over the wire.',
      { path: browserCode },
      { dependencyTypes: ['core'] },
    ),
    forbid(
      'no-dev-dependency-at-run-time',
      'An installed shop has no dev dependencies: move the package to dependencies, or import its type only.',
      {
        path: '^(kernel|node|edge|firmware-bridge|hq|cli|simulator|bin)/',
        pathNot: '^hq/console/',
      },
      { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    preserveSymlinks: true,
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.cache|data|coverage)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
    cache: { folder: '.cache/dependency-cruiser', strategy: 'content' },
  },
};
