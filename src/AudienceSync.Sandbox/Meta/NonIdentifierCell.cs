using System.Globalization;
using System.Text.Json;

namespace AudienceSync.Sandbox.Meta;

/// <summary>Cells that are not identifiers: values for lookalikes (contract 6.5) and data processing options (contract 10).</summary>
internal static class NonIdentifierCell
{
    public static bool Fits(ref Utf8JsonReader reader, CellKind kind) =>
        kind == CellKind.Options ? FitsOptions(ref reader) : FitsNumber(ref reader);

    // [] or ["LDU"]; a missing value is "" here as everywhere.
    private static bool FitsOptions(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var missing = reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(""u8);
            reader.Skip();
            return missing;
        }

        var fits = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            fits &= reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("LDU"u8);
            reader.Skip();
        }

        return fits;
    }

    private static bool FitsNumber(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                return reader.TryGetDouble(out var number) && number >= 0;
            case JsonTokenType.String:
                var text = reader.GetString()!;
                return text.Length == 0
                    || (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) && parsed >= 0);
            default:
                reader.Skip();
                return false;
        }
    }
}
