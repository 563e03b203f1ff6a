import { z } from 'zod';

// Zod would otherwise try `new Function`, which our Content-Security-Policy refuses and reports.
z.config({ jitless: true });
