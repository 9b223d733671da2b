import { prepareContent } from "./answer.js";

prepareContent(document.querySelector("[data-shared]"));
