using AudienceSync.Domain.Normalizing;
using AudienceSync.Domain.Syncing;

namespace AudienceSync.Connectors.Members;

/// <summary>A name with the place of residence, which several members may share: one person under two customer ids, or a family.</summary>
internal static class PlaceCell
{
    private static readonly PersonField[] Parts =
    [
        PersonField.FirstName,
        PersonField.LastName,
        PersonField.PostalCode,
        PersonField.Country,
    ];

    /// <summary>Adds it when all of its parts are present: fewer parts do not identify a person.</summary>
    public static void Add(in Member member, Normalizer normalizer, List<SharedCell> into)
    {
        var texts = new string[Parts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (normalizer.Text(member.Identifiers, Parts[i]) is not { } text)
            {
                return;
            }

            texts[i] = text;
        }

        into.Add(new SharedCell(IdentifierParts.Details, string.Join('\u001f', texts)));
    }
}
