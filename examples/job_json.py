"""Puts a Keras model into the job.json beside the script that made it."""
import json
from pathlib import Path


def put_model(model, script):
    """The job's other fields stay as they are; a layer of the model is a line of the file."""
    path = Path(script).with_name("job.json")
    job = json.loads(path.read_text())
    job["model"] = json.loads(model.to_json())
    path.write_text("{\n" + ",\n".join(f"  {json.dumps(name)}: {text(value, 2)}" for name, value in job.items()) + "\n}\n")


def text(value, indent):
    """JSON in lines of less than 160 characters, where it can be; layers in lines of their own, whatever their length."""
    flat = json.dumps(value, ensure_ascii=False)
    is_layer = isinstance(value, dict) and "class_name" in value and not (isinstance(value.get("config"), dict) and "layers" in value["config"]) and not isinstance(value.get("config"), list)
    if len(flat) + indent < 160 or is_layer or not isinstance(value, (dict, list)):
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        return "{\n" + ",\n".join(f"{pad}{json.dumps(name)}: {text(inner, indent + 2)}" for name, inner in value.items()) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + text(inner, indent + 2) for inner in value) + "\n" + " " * indent + "]"
