import type { Route } from '../../node/http-server.ts';
import { NOTICE_STYLE_PATH, noticePage, noticeStyle } from '../publishing/notice-page.ts';
import type { HqCaller } from './callers.ts';

/** The full privacy notice: a page for anybody, in plain HTML. @param controller - who answers for the data */
export function noticeRoutes(controller: () => Promise<string>): Route<HqCaller>[] {
  return [
    {
      method: 'GET',
      path: '/privacy',
      who: 'anybody',
      async handle(_request, response) {
        response.type('html').send(noticePage(await controller()));
      },
    },
    {
      method: 'GET',
      path: NOTICE_STYLE_PATH,
      who: 'anybody',
      handle: (_request, response) => response.type('css').send(noticeStyle),
    },
  ];
}
