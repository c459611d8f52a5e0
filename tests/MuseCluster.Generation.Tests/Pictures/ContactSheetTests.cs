using MuseCluster.Generation.Pictures;

namespace MuseCluster.Generation.Tests.Pictures;

public class ContactSheetTests
{
    private static readonly Rgb Paper = new(255, 255, 255);
    private static readonly Picture Blue = Picture.Solid(20, 20, new(0, 0, 255));

    [Fact]
    public void Frames_tell_right_wrong_and_unknown_apart()
    {
        var sheet = ContactSheet.Draw([new(Blue, "", true), new(Blue, "", false), new(Blue, "")]);
        Rgb right = sheet[10, 10], wrong = sheet[10 + 38, 10], unknown = sheet[10 + 76, 10];
        Assert.True(right.G > right.R + 60, $"{right} is not green");
        Assert.True(wrong.R > wrong.G + 60, $"{wrong} is not red");
        Assert.Equal((unknown.R, unknown.G), (unknown.G, unknown.B));
        Assert.Equal(new Rgb(0, 0, 255), sheet[10 + 3, 10 + 3]);
    }

    [Fact]
    public void Captions_take_the_lines_they_need_under_the_picture()
    {
        int bare = ContactSheet.Draw([new(Blue, "")]).Height;
        Assert.Equal(bare + 4 + BitmapFont.LineHeight, ContactSheet.Draw([new(Blue, "one")]).Height);
        Assert.Equal(bare + 4 + (3 * BitmapFont.LineHeight), ContactSheet.Draw([new(Blue, "more words than three lines can hold")]).Height);
    }

    [Fact]
    public void Rows_and_zoom_set_the_size()
    {
        var sheet = ContactSheet.Draw([.. Enumerable.Repeat(new ContactSheetItem(Blue, ""), 5)], new() { Columns = 2, Zoom = 3 });
        Assert.Equal((20 + (2 * 66) + 12, 20 + (3 * 66) + 24), (sheet.Width, sheet.Height));
    }

    [Fact]
    public void An_empty_sheet_is_refused() => Assert.Throws<ArgumentException>(() => ContactSheet.Draw([]));

    [Fact]
    public void Words_wrap_and_a_cut_is_marked()
    {
        Assert.Equal(["a red", "circle"], BitmapFont.Wrap("a red circle", 7 * BitmapFont.Advance, 2));
        Assert.Equal(["a red", "circ..."], BitmapFont.Wrap("a red circle on white", 7 * BitmapFont.Advance, 2));
        Assert.Equal(["unbre", "akabl", "e"], BitmapFont.Wrap("unbreakable", 5 * BitmapFont.Advance, 3));
    }

    [Fact]
    public void Every_ascii_character_has_its_own_look()
    {
        var looks = new HashSet<string>();
        for (char c = ' '; c <= '~'; c++)
            Assert.True(looks.Add(Look(c)), $"'{c}' looks like another character");
        Assert.Equal(Look('\u00e9'), Look('漢'));
        Assert.DoesNotContain(Look('漢'), looks);
    }

    [Fact]
    public void A_letter_is_drawn_dot_by_dot()
    {
        var canvas = new PictureCanvas(12, 20, Paper);
        canvas.Write("T", 1, 2, new(0, 0, 0), scale: 2);
        var picture = canvas.ToPicture();
        for (int x = 1; x < 11; x++)
            Assert.Equal(default, picture[x, 3]);
        Assert.Equal(default, picture[5, 15]);
        Assert.Equal(Paper, picture[4, 15]);
        Assert.Equal(Paper, picture[5, 16]);
    }

    [Fact]
    public void Drawing_outside_the_canvas_is_left_out()
    {
        var canvas = new PictureCanvas(4, 4, Paper);
        canvas.Write("W", -3, -3, default);
        canvas.Paste(Picture.Solid(3, 3, new(9, 9, 9)), -2, 3);
        canvas.DrawLine([(-50, -50), (50, 1e6)], default, 3);
        Assert.Equal(new Rgb(9, 9, 9), canvas.ToPicture()[0, 3]);
    }

    private static string Look(char c) => string.Concat(
        from row in Enumerable.Range(0, BitmapFont.Height)
        from column in Enumerable.Range(0, BitmapFont.Width)
        select BitmapFont.HasDot(c, column, row) ? '#' : '.');
}
