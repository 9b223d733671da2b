import { prepareForms } from "./forms.js";

prepareForms();
