/** Every suite, in the order in which they run. */
import './manifest.test.js';
import './opening.test.js';
import './kernels.test.js';
import './traces.test.js';
import './findings.test.js';
import './source.test.js';
import './model.test.js';
import './ncu.test.js';
import './identity.test.js';
import './sourceTree.test.js';
