using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Members;

/// <summary>How a platform splits the data sent for a person.</summary>
internal enum RowMeaning
{
    /// <summary>Each cell is stored and removed independently.</summary>
    Cells,

    /// <summary>
    /// Addresses are removed independently; the other cells of a row do not identify a person alone, so they are removed with their row.
    /// </summary>
    AddressesAndTheRest,

    /// <summary>A removal by any cell removes the matched person with all other cells.</summary>
    Person,
}

/// <summary>
/// Compares what a platform received for people with what it would receive now, digest by digest. A new normalizer version or a new
/// identifier revision usually changes nothing for a person, and then nothing has to be sent.
/// </summary>
/// <param name="fields">The cells of the platform's row.</param>
/// <param name="unit">Cells that are sent all together or not at all.</param>
/// <param name="meaning">What a removal by some of the cells does.</param>
internal sealed class IdentifierComparer(IReadOnlyList<PersonField> fields, IReadOnlyList<PersonField> unit, RowMeaning meaning)
{
    public IReadOnlyList<IdentifierChange> Compare(IReadOnlyList<DeliveryChange> people, Func<NormalizerVersion, Normalizer?> rules)
    {
        using var cells = new CellWriter();
        var was = new Row(fields.Count);
        var becomes = new Row(fields.Count);
        var changes = new IdentifierChange[people.Count];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] =
                Write(was, people[i].Was, rules, cells) && Write(becomes, people[i].Becomes, rules, cells)
                    ? Change(was, becomes)
                    : IdentifierChange.Whole;
        }

        // Unhashed cells are personal data.
        was.Clear();
        becomes.Clear();
        return changes;
    }

    private bool Write(Row row, in Member member, Func<NormalizerVersion, Normalizer?> rules, CellWriter cells)
    {
        row.Clear();
        if (rules(member.Normalizer) is not { } normalizer)
        {
            return false;
        }

        var units = 0;
        for (var i = 0; i < fields.Count; i++)
        {
            row.Lengths[i] = cells.Write(normalizer, member.Identifiers, fields[i], row.At(i)).Length;
            units += row.Lengths[i] > 0 && unit.Contains(fields[i]) ? 1 : 0;
        }

        for (var i = 0; i < fields.Count && units < unit.Count; i++)
        {
            row.Lengths[i] = unit.Contains(fields[i]) ? 0 : row.Lengths[i];
        }

        return true;
    }

    private IdentifierChange Change(Row was, Row becomes)
    {
        var (gone, added, shared, addressed) = (IdentifierParts.None, false, false, false);
        for (var i = 0; i < fields.Count; i++)
        {
            var equal = was.Of(i).SequenceEqual(becomes.Of(i));
            gone |= was.Lengths[i] > 0 && !equal ? PartOf(fields[i]) : IdentifierParts.None;
            added |= becomes.Lengths[i] > 0 && !equal;
            shared |= was.Lengths[i] > 0 && equal;
            addressed |= becomes.Lengths[i] > 0 && IsAddress(fields[i]);
        }

        if (gone == IdentifierParts.None)
        {
            return new IdentifierChange(!added, IdentifierParts.None, shared);
        }

        var separable = meaning switch
        {
            RowMeaning.Cells => true,
            RowMeaning.AddressesAndTheRest => !gone.HasFlag(IdentifierParts.Details) && addressed,
            _ => false,
        };
        return separable && shared ? new IdentifierChange(Same: false, gone, Shared: true) : IdentifierChange.Whole;
    }

    private static IdentifierParts PartOf(PersonField field) =>
        field switch
        {
            PersonField.Email => IdentifierParts.Email,
            PersonField.Phone => IdentifierParts.Phone,
            PersonField.DeviceId => IdentifierParts.Device,
            PersonField.ExternalId => IdentifierParts.ExternalId,
            _ => IdentifierParts.Details,
        };

    private static bool IsAddress(PersonField field) => field is PersonField.Email or PersonField.Phone or PersonField.DeviceId;

    private sealed class Row(int cells)
    {
        private readonly byte[] _bytes = new byte[cells * CellWriter.MaxBytes];

        public int[] Lengths { get; } = new int[cells];

        public Span<byte> At(int cell) => _bytes.AsSpan(cell * CellWriter.MaxBytes, CellWriter.MaxBytes);

        public ReadOnlySpan<byte> Of(int cell) => At(cell)[..Lengths[cell]];

        public void Clear()
        {
            Array.Clear(_bytes);
            Array.Clear(Lengths);
        }
    }
}
