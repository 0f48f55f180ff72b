using System.Text;
using AudienceSync.Connectors.Members;
using AudienceSync.Domain.Normalizing;

namespace AudienceSync.Connectors.Meta;

/// <summary>
/// The columns of one call (contracts/meta.md 6.3): always EMAIL and PHONE, and every other key for which a member of the call has a value.
/// More keys match better. EXTERN_ID is not sent: the contract does not require it, and it is the only key that would show Meta a customer
/// id in plain text.
/// </summary>
internal sealed class MetaColumns
{
    private static readonly (PersonField Field, string Key)[] All =
    [
        (PersonField.Email, "EMAIL"),
        (PersonField.Phone, "PHONE"),
        (PersonField.BirthYear, "DOBY"),
        (PersonField.BirthMonth, "DOBM"),
        (PersonField.BirthDay, "DOBD"),
        (PersonField.LastName, "LN"),
        (PersonField.FirstName, "FN"),
        (PersonField.FirstInitial, "FI"),
        (PersonField.Gender, "GEN"),
        (PersonField.City, "CT"),
        (PersonField.State, "ST"),
        (PersonField.PostalCode, "ZIP"),
        (PersonField.Country, "COUNTRY"),
        (PersonField.DeviceId, "MADID"),
    ];

    /// <summary>
    /// A changed address is removed alone. Name and place match only together with an address (6.3), so a row with only them would remove
    /// no one: when one of them changed, the whole row is removed.
    /// </summary>
    public static IdentifierComparer Comparer { get; } = new([.. All.Select(column => column.Field)], [], RowMeaning.AddressesAndTheRest);

    /// <summary>The columns of limited data use, which are not about the person (10).</summary>
    public static IReadOnlyList<string> LimitedNames { get; } =
    ["DATA_PROCESSING_OPTIONS", "DATA_PROCESSING_OPTIONS_COUNTRY", "DATA_PROCESSING_OPTIONS_STATE"];

    private static readonly string LimitedKeys = string.Concat(LimitedNames.Select(name => $",\"{name}\""));

    private static readonly MetaColumns Addresses = new(All[..2], limited: null);

    private readonly PersonField[] _fields;
    private readonly byte[] _rowTail;

    private MetaColumns((PersonField Field, string Key)[] columns, LimitedDataUse? limited)
    {
        _fields = [.. columns.Select(column => column.Field)];
        var keys = string.Join(',', columns.Select(column => $"\"{column.Key}\""));
        Head = Encoding.ASCII.GetBytes($"{{\"payload\":{{\"schema\":[{keys}{(limited is null ? "" : LimitedKeys)}],\"data\":[");

        // Cells of a different type than the rest: an array and two numbers (10).
        _rowTail = Encoding.ASCII.GetBytes(limited is null ? "]," : $",[\"LDU\"],{limited.Country},{limited.State}],");
    }

    /// <summary>The body up to the first row.</summary>
    public byte[] Head { get; }

    /// <summary>A row's quoted cells, each followed by a comma, its brackets, and a comma after it.</summary>
    public int RowBytes => (_fields.Length * (CellWriter.MaxBytes + 3)) + 1 + _rowTail.Length;

    /// <param name="members">The members to send.</param>
    /// <param name="limited">Sent with every row; null when the use of data is not limited.</param>
    public static MetaColumns Of(IReadOnlyList<Member> members, LimitedDataUse? limited)
    {
        var given = 0;
        for (var i = 0; i < members.Count; i++)
        {
            if (members[i].Identifiers is { Details: not null } person)
            {
                given |= GivenBy(person, given);
            }
        }

        return given == 0 && limited is null
            ? Addresses
            : new MetaColumns([.. All.Where((_, column) => column < 2 || (given & (1 << column)) != 0)], limited);
    }

    /// <summary>Returns the bytes written; 0 when the row would not identify a person.</summary>
    public int WriteRow(Span<byte> into, in Member member, Normalizer normalizer, CellWriter cells)
    {
        var at = 0;
        var present = 0;
        into[at++] = (byte)'[';
        foreach (var field in _fields)
        {
            // A missing cell is "" in its place, never the digest of an empty text (6.1).
            into[at++] = (byte)'"';
            var cell = cells.Write(normalizer, member.Identifiers, field, into[at..]);
            present |= cell.IsEmpty ? 0 : 1 << (int)field;
            at += cell.Length;
            into[at++] = (byte)'"';
            into[at++] = (byte)',';
        }

        // The end of the row overwrites the last comma.
        at--;
        _rowTail.CopyTo(into[at..]);
        at += _rowTail.Length;
        return IdentifiesPerson(present) ? at : 0;
    }

    /// <summary>Either an address, or all of name and place. A first name and a country do not identify a person (6.3).</summary>
    private static bool IdentifiesPerson(int present)
    {
        const int address = (1 << (int)PersonField.Email) | (1 << (int)PersonField.Phone) | (1 << (int)PersonField.DeviceId);
        const int place =
            (1 << (int)PersonField.FirstName)
            | (1 << (int)PersonField.LastName)
            | (1 << (int)PersonField.PostalCode)
            | (1 << (int)PersonField.Country);
        return (present & address) != 0 || (present & place) == place;
    }

    private static int GivenBy(Domain.Identity.PersonIdentifiers person, int known)
    {
        var given = 0;
        for (var column = 2; column < All.Length; column++)
        {
            if ((known & (1 << column)) == 0 && FieldText.IsGiven(person, All[column].Field))
            {
                given |= 1 << column;
            }
        }

        return given;
    }
}
