using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace AudienceSync.Sandbox;

/// <summary>
/// Checks that the strings of a document are valid Unicode. The parser accepts invalid UTF-8 and unpaired surrogates and throws only when
/// a string is read, which would be in the middle of a request.
/// </summary>
internal static class JsonText
{
    public static bool IsValidUnicode(JsonElement root)
    {
        var raw = JsonMarshal.GetRawUtf8Value(root);
        if (!Utf8.IsValid(raw))
        {
            return false;
        }

        if (raw.IndexOf("\\u"u8) < 0)
        {
            return true;
        }

        try
        {
            Read(root);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static void Read(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in element.EnumerateObject())
                {
                    _ = field.Name;
                    Read(field.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Read(item);
                }

                break;
            case JsonValueKind.String:
                _ = element.GetString();
                break;
            default:
                break;
        }
    }
}
