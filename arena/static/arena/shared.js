import { prepareContent } from "./answer.js";
import { prepareSides } from "./sides.js";

const page = document.querySelector("[data-shared]");
prepareContent(page);
prepareSides(page);
