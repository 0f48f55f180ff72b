using System.Buffers;
using System.Text.Json;
using AudienceSync.Sandbox.Lists;

namespace AudienceSync.Sandbox.Meta;

/// <summary>
/// Reads <c>payload.data</c>. An invalid structure refuses the call; an invalid cell only marks its row (contract 6.2 and 15).
/// </summary>
internal static class UsersRows
{
    /// <summary>Contract 6.1. The real response to more rows is unclear; this is the strict mode of section 15.</summary>
    public const int MaxRows = 10_000;

    private static readonly GraphError NotRows = GraphError.Invalid(
        "payload.data must be an array of arrays, each as long as payload.schema; with a string schema it may hold strings."
    );

    public static GraphError? Read(ref Utf8JsonReader reader, SchemaKey[] schema, UsersUpload upload)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return NotRows;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (upload.Received == MaxRows)
            {
                return GraphError.Invalid($"At most {MaxRows} rows can be sent in one request.");
            }

            var row = new Row(upload, upload.Received++);
            if (reader.TokenType == JsonTokenType.StartArray)
            {
                if (!ReadRow(ref reader, schema, ref row))
                {
                    return NotRows;
                }
            }
            else if (upload.Form == SchemaForm.Single && reader.TokenType != JsonTokenType.StartObject)
            {
                row.ReadCell(ref reader, schema[0], 0);
            }
            else
            {
                return NotRows;
            }

            row.End();
        }

        return null;
    }

    private static bool ReadRow(ref Utf8JsonReader reader, SchemaKey[] schema, ref Row row)
    {
        var column = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (column == schema.Length)
            {
                return false;
            }

            row.ReadCell(ref reader, schema[column], (byte)column);
            column++;
        }

        return column == schema.Length;
    }

    private ref struct Row(UsersUpload upload, int index)
    {
        private bool usable;
        private string? reason;

        /// <summary>Leaves the reader at the last token of the cell.</summary>
        public void ReadCell(ref Utf8JsonReader reader, SchemaKey key, byte column)
        {
            if (!key.IsIdentifier)
            {
                reason ??= NonIdentifierCell.Fits(ref reader, key.Kind) ? null : $"{key.Name}: not a value this key takes";
                return;
            }

            if (reader.TokenType != JsonTokenType.String)
            {
                reader.Skip();
                reason ??= $"{key.Name}: not a string";
                return;
            }

            var length = reader.ValueSpan.Length;
            if (length == 0)
            {
                return;
            }

            if (!reader.ValueIsEscaped)
            {
                Take(reader.ValueSpan, key, column);
                return;
            }

            var unescaped = ArrayPool<byte>.Shared.Rent(length);
            Take(unescaped.AsSpan(0, reader.CopyString(unescaped)), key, column);
            ArrayPool<byte>.Shared.Return(unescaped);
        }

        public readonly void End()
        {
            if (reason is not null || !usable)
            {
                upload.Reject(index, reason ?? "No usable identifier");
            }
        }

        private void Take(ReadOnlySpan<byte> value, SchemaKey key, byte column)
        {
            Digest digest;
            if (key.Kind == CellKind.Plain)
            {
                digest = Digest.Of(value);
            }
            else if (!Digest.TryParse(value, out digest))
            {
                reason ??= $"{key.Name}: not a SHA-256 in lower-case hex";
                return;
            }
            else if (digest == Digest.OfEmptyString)
            {
                upload.EmptyHashes++;
                reason ??= $"{key.Name}: the SHA-256 of the empty string";
                return;
            }

            usable = true;
            upload.Rows.Add(digest, index, column);
        }
    }
}
