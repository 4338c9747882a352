import mongoose from 'mongoose';

const { Schema } = mongoose;

export const Author = mongoose.model('Author', new Schema({ name: String }));
export const Book = mongoose.model(
  'Book',
  new Schema({ title: String, stock: Number, author: { type: Schema.Types.ObjectId, ref: 'Author' } }),
);
export const Review = mongoose.model('Review', new Schema({ stars: Number, book: Schema.Types.ObjectId }));
