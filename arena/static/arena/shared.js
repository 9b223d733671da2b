import { prepareContent } from "./answer.js";
import { need } from "./elements.js";
import { prepareSides } from "./sides.js";

const page = need(document, "[data-shared]");
prepareContent(page);
prepareSides(page);
