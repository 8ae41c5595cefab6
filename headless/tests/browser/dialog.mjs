// The page of the dialog test: draws a dialog with the component that KNIME draws it with.
import "@knime/kds-styles/index.css";
import "@knime/kds-styles/kds-legacy-theme.css";
import "@knime/styles/css/index.css";
import "@knime/jsonforms/styles";
import { JsonFormsDialog, defaultRenderers } from "@knime/jsonforms";
import { createApp, h } from "vue";

window.draw = ({ data, schema, ui_schema: uischema }) => {
  const onChange = (change) => { window.changed = change; };
  const props = { data, schema, uischema, renderers: defaultRenderers, onChange };
  createApp({ render: () => h(JsonFormsDialog, props) }).mount("#dialog");
};
